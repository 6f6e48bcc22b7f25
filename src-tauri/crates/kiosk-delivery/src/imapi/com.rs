//! The calls into IMAPI2 (imapi2.h). Everything unsafe of burning is here.
//!
//! Safety of them all: COM is initialised in this thread for as long as [`Apartment`] lives, and no interface outlives it; every pointer
//! that is handed over is to something that lives through the call.
#![allow(clippy::inline_always, clippy::ref_as_ptr, reason = "what `implement` writes")]

use std::os::windows::ffi::OsStrExt;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};

use windows::Win32::Foundation::{VARIANT_FALSE, VARIANT_TRUE};
use windows::Win32::Storage::Imapi::{
    DDiscFormat2DataEvents, DDiscFormat2DataEvents_Impl, IBurnVerification, IDiscFormat2Data,
    IDiscFormat2DataEventArgs, IDiscMaster2, IDiscRecorder2, IMAPI_BURN_VERIFICATION_FULL,
    MsftDiscFormat2Data, MsftDiscMaster2, MsftDiscRecorder2,
};
use windows::Win32::System::Com::{
    CLSCTX_ALL, COINIT_MULTITHREADED, CoCreateInstance, CoInitializeEx, CoUninitialize, DISPATCH_FLAGS,
    DISPPARAMS, EXCEPINFO, IConnectionPoint, IConnectionPointContainer, IDispatch, IDispatch_Impl, IStream,
    ITypeInfo, SAFEARRAY, STGM_READ, STGM_SHARE_DENY_WRITE,
};
use windows::Win32::System::Ole::{
    SafeArrayDestroy, SafeArrayGetElement, SafeArrayGetLBound, SafeArrayGetUBound,
};
use windows::Win32::System::Variant::{VARIANT, VariantToString};
use windows::Win32::UI::Shell::SHCreateStreamOnFileEx;
use windows::core::{BSTR, Error, GUID, Interface, PCWSTR, Ref, Result, implement};

use super::{Event, disc_of, error_of, progress_of};
use crate::burn::{BurnError, BurnProgress};
use crate::optical::{Disc, OpticalDrive};

/// `E_NOTIMPL`
const NOT_THERE: windows::core::HRESULT = windows::core::HRESULT(0x8000_4001_u32.cast_signed());
/// `MAX_PATH`
const LONGEST_PATH: usize = 260;
/// Whom other programs are told to hold the drive.
const CLIENT: &str = "Degree-photo kiosk";

/// Burners, with what lies in them.
pub(crate) fn list() -> Vec<OpticalDrive> {
    let Ok(_com) = Apartment::enter() else { return Vec::new() };
    recorders().unwrap_or_default().into_iter().map(|recorder| recorder.seen()).collect()
}

/// What lies in a drive now.
pub(crate) fn look(drive: &str) -> std::result::Result<Disc, BurnError> {
    let _com = Apartment::enter().map_err(|e| told(&e, 0))?;
    Recorder::of(drive)?.disc().map_err(|e| told(&e, 0))
}

/// Opens the tray.
pub(crate) fn eject(drive: &str) {
    let Ok(_com) = Apartment::enter() else { return };
    if let Ok(recorder) = Recorder::of(drive) {
        // SAFETY: a live interface of this apartment.
        let _ = unsafe { recorder.interface.EjectMedia() };
    }
}

/// Burns an image as one closed session, and lets the drive verify all of it.
pub(crate) fn burn(
    image: &Path,
    drive: &str,
    bytes: u64,
    progress: BurnProgress<'_>,
) -> std::result::Result<(), BurnError> {
    let (events, heard) = channel();
    std::thread::scope(|scope| {
        // `Write` returns once the disc is finished; meanwhile its events are listened to here.
        let burning = scope.spawn(move || {
            let _com = Apartment::enter().map_err(|e| told(&e, bytes))?;
            let recorder = Recorder::of(drive)?;
            recorder.write(image, events).map_err(|e| told(&e, bytes))
        });
        for (stage, done) in heard.iter().filter_map(|event| progress_of(event, bytes)) {
            let _ = progress(stage, done, bytes);
        }
        burning.join().unwrap_or_else(|_| Err(BurnError::Refused("burning ended in a panic".to_owned())))
    })
}

fn told(error: &Error, needed: u64) -> BurnError {
    error_of(error.code().0, &error.message(), needed)
}

/// COM in this thread, until it is dropped.
struct Apartment;

impl Apartment {
    fn enter() -> Result<Self> {
        // SAFETY: balanced by the `CoUninitialize` of `drop`; a failure needs none.
        unsafe { CoInitializeEx(None, COINIT_MULTITHREADED) }.ok()?;
        Ok(Self)
    }
}

impl Drop for Apartment {
    fn drop(&mut self) {
        // SAFETY: balances the `CoInitializeEx` of `enter`, in the same thread, after every interface was released.
        unsafe { CoUninitialize() };
    }
}

struct Recorder {
    interface: IDiscRecorder2,
    unique: BSTR,
}

fn recorders() -> Result<Vec<Recorder>> {
    // SAFETY: classes and interfaces belong together (imapi2.h); COM is initialised.
    unsafe {
        let master: IDiscMaster2 = CoCreateInstance(&MsftDiscMaster2, None, CLSCTX_ALL)?;
        let mut found = Vec::new();
        for at in 0..master.Count()? {
            let unique = master.get_Item(at)?;
            let interface: IDiscRecorder2 = CoCreateInstance(&MsftDiscRecorder2, None, CLSCTX_ALL)?;
            // One that another program holds is still in the list.
            if interface.InitializeDiscRecorder(&unique).is_ok() {
                found.push(Recorder { interface, unique });
            }
        }
        Ok(found)
    }
}

impl Recorder {
    /// By its letter or by the system's own name for it.
    fn of(drive: &str) -> std::result::Result<Self, BurnError> {
        let found = recorders().map_err(|e| told(&e, 0))?;
        let wanted = drive.trim_end_matches('\\');
        found
            .into_iter()
            .find(|recorder| recorder.id().eq_ignore_ascii_case(wanted) || recorder.unique == wanted)
            .ok_or_else(|| BurnError::Refused(format!("{drive}: no such burner")))
    }

    /// `E:`, else the system's own name.
    fn id(&self) -> String {
        // SAFETY: a live interface; the array is this call's own.
        let paths = unsafe { self.interface.VolumePathNames() };
        let first = paths.ok().and_then(|array| first_text(&Array(array)));
        first.map_or_else(|| self.unique.to_string(), |path| path.trim_end_matches('\\').to_owned())
    }

    fn seen(&self) -> OpticalDrive {
        let id = self.id();
        // SAFETY: a live interface.
        let words = unsafe { [self.interface.VendorId(), self.interface.ProductId()] };
        let words = words.map(|word| word.unwrap_or_default().to_string().trim().to_owned()).join(" ");
        let name = if words.trim().is_empty() { id.clone() } else { words.trim().to_owned() };
        let disc = self.disc().unwrap_or_else(|error| match told(&error, 0) {
            BurnError::NoDisc => Disc::Missing,
            _ => Disc::Unknown,
        });
        OpticalDrive { id, name, disc }
    }

    fn format(&self) -> Result<IDiscFormat2Data> {
        // SAFETY: the class has this interface; the recorder is initialised and lives as long as the format.
        unsafe {
            let format: IDiscFormat2Data = CoCreateInstance(&MsftDiscFormat2Data, None, CLSCTX_ALL)?;
            format.SetRecorder(&self.interface)?;
            format.SetClientName(&BSTR::from(CLIENT))?;
            Ok(format)
        }
    }

    fn disc(&self) -> Result<Disc> {
        let format = self.format()?;
        // SAFETY: live interfaces of this apartment.
        unsafe {
            if !format.IsCurrentMediaSupported(&self.interface)?.as_bool() {
                // Asked for its state, an empty drive says so as an error.
                return format.CurrentMediaStatus().map(|state| disc_of(state.0, false, 0));
            }
            let nothing_on_it = format.MediaHeuristicallyBlank()?.as_bool();
            Ok(disc_of(format.CurrentMediaStatus()?.0, nothing_on_it, format.FreeSectorsOnMedia()?))
        }
    }

    fn write(&self, image: &Path, events: Sender<Event>) -> Result<()> {
        let format = self.format()?;
        let path: Vec<u16> = image.as_os_str().encode_wide().chain([0]).collect();
        // SAFETY: live interfaces; `path` ends with a zero and lives through the call.
        unsafe {
            format.SetForceMediaToBeClosed(VARIANT_TRUE)?;
            // Nothing is ever written over.
            format.SetForceOverwrite(VARIANT_FALSE)?;
            format.cast::<IBurnVerification>()?.SetBurnVerificationLevel(IMAPI_BURN_VERIFICATION_FULL)?;
            let mode = STGM_READ.0 | STGM_SHARE_DENY_WRITE.0;
            let content: IStream = SHCreateStreamOnFileEx(PCWSTR(path.as_ptr()), mode, 0, false, None)?;
            // Without events it burns as well.
            let listening = Listening::to(&format, events).ok();
            let written = format.Write(&content);
            drop(listening);
            written
        }
    }
}

/// An array of variants that is given back to the system.
struct Array(*mut SAFEARRAY);

impl Drop for Array {
    fn drop(&mut self) {
        // SAFETY: the array came from a call that gave it away, and is not used any more.
        let _ = unsafe { SafeArrayDestroy(self.0) };
    }
}

fn first_text(array: &Array) -> Option<String> {
    if array.0.is_null() {
        return None;
    }
    let (mut value, mut text) = (VARIANT::default(), [0; LONGEST_PATH]);
    // SAFETY: an array of variants with one dimension (imapi2.h); the index is within its bounds; `value` takes one element, `text` as
    // many characters as it has.
    unsafe {
        let first = SafeArrayGetLBound(array.0, 1).ok()?;
        if SafeArrayGetUBound(array.0, 1).ok()? < first {
            return None;
        }
        SafeArrayGetElement(array.0, &raw const first, (&raw mut value).cast()).ok()?;
        VariantToString(&raw const value, &mut text).ok()?;
    }
    let length = text.iter().position(|unit| *unit == 0)?;
    String::from_utf16(&text[..length]).ok()
}

/// The drive's events, until it is dropped.
struct Listening {
    point: IConnectionPoint,
    cookie: u32,
}

impl Listening {
    fn to(format: &IDiscFormat2Data, events: Sender<Event>) -> Result<Self> {
        let sink: DDiscFormat2DataEvents = Sink { events }.into();
        // SAFETY: live interfaces; the connection holds the sink until `Unadvise`.
        unsafe {
            let container: IConnectionPointContainer = format.cast()?;
            let point = container.FindConnectionPoint(&DDiscFormat2DataEvents::IID)?;
            let cookie = point.Advise(&sink)?;
            Ok(Self { point, cookie })
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // SAFETY: the connection that `to` made.
        let _ = unsafe { self.point.Unadvise(self.cookie) };
    }
}

#[implement(DDiscFormat2DataEvents)]
struct Sink {
    events: Sender<Event>,
}

impl DDiscFormat2DataEvents_Impl for Sink_Impl {
    fn Update(&self, _: Ref<'_, IDispatch>, progress: Ref<'_, IDispatch>) -> Result<()> {
        let told: IDiscFormat2DataEventArgs = progress.ok()?.cast()?;
        // SAFETY: a live interface, for the time of this call.
        let event = unsafe {
            Event {
                action: told.CurrentAction()?.0,
                start: told.StartLba()?,
                last_written: told.LastWrittenLba()?,
                sectors: told.SectorCount()?,
            }
        };
        // Nobody listens any more: the disc is burned all the same.
        let _ = self.events.send(event);
        Ok(())
    }
}

/// The drive calls `Update` directly; the late-bound way in is not needed.
impl IDispatch_Impl for Sink_Impl {
    fn GetTypeInfoCount(&self) -> Result<u32> {
        Ok(0)
    }

    fn GetTypeInfo(&self, _: u32, _: u32) -> Result<ITypeInfo> {
        Err(NOT_THERE.into())
    }

    fn GetIDsOfNames(&self, _: *const GUID, _: *const PCWSTR, _: u32, _: u32, _: *mut i32) -> Result<()> {
        Err(NOT_THERE.into())
    }

    fn Invoke(
        &self,
        _: i32,
        _: *const GUID,
        _: u32,
        _: DISPATCH_FLAGS,
        _: *const DISPPARAMS,
        _: *mut VARIANT,
        _: *mut EXCEPINFO,
        _: *mut u32,
    ) -> Result<()> {
        Err(NOT_THERE.into())
    }
}
