//! Which webcams there are, with names that survive re-plugging.

use std::fs;
use std::path::Path;

use nokhwa::utils::{ApiBackend, CameraIndex};
use serde::{Deserialize, Serialize};

use crate::CameraError;

/// A webcam on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Stable identity: USB port path and serial number where the system tells them. After `webcam:` in a camera's
    /// name.
    pub id: String,
    /// The maker's name of it.
    pub label: String,
    /// What the system calls it today; changes when it is plugged in again.
    pub index: u32,
}

/// Where Linux describes its video devices.
const VIDEO_CLASS: &str = "/sys/class/video4linux";

/// Asks the driver. Call it in the worker process only: drivers hang.
pub(super) fn query() -> Result<Vec<Device>, CameraError> {
    let found = nokhwa::query(ApiBackend::Auto).map_err(|error| super::capture::explain(&error))?;
    let mut devices: Vec<Device> = found
        .iter()
        .filter_map(|info| {
            let CameraIndex::Index(index) = *info.index() else {
                return None;
            };
            let identity = match usb_identity(Path::new(VIDEO_CLASS), index) {
                UsbIdentity::Known(id) => id,
                UsbIdentity::Metadata => return None,
                // Other systems put the device path here.
                UsbIdentity::Unknown if !info.misc().is_empty() => info.misc(),
                UsbIdentity::Unknown => format!("{}-{index}", info.human_name()),
            };
            Some(Device { id: identity, label: info.human_name(), index })
        })
        .collect();
    devices.sort_by_key(|device| device.index);
    Ok(devices)
}

/// What sysfs says about a video device.
#[derive(Debug, PartialEq, Eq)]
enum UsbIdentity {
    /// Port path and serial number.
    Known(String),
    /// A node of a camera that carries no pictures.
    Metadata,
    /// Not a USB device, or not Linux.
    Unknown,
}

/// Reads `videoN` under `class`: `index` there counts the nodes of one camera, and only the first has pictures;
/// `device` leads to the USB interface, whose parent knows the serial number.
fn usb_identity(class: &Path, index: u32) -> UsbIdentity {
    let node = class.join(format!("video{index}"));
    if fs::read_to_string(node.join("index")).is_ok_and(|text| text.trim() != "0") {
        return UsbIdentity::Metadata;
    }
    let Ok(interface) = node.join("device").canonicalize() else {
        return UsbIdentity::Unknown;
    };
    let Some(port) = interface.parent().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned())
    else {
        return UsbIdentity::Unknown;
    };
    let Some(device) = interface.parent().filter(|p| p.join("idVendor").exists()) else {
        return UsbIdentity::Unknown;
    };
    let read = |name: &str| {
        fs::read_to_string(device.join(name)).unwrap_or_default().trim().replace(char::is_whitespace, "_")
    };
    let serial = read("serial");
    let id = format!("usb-{port}-{}{}", read("idVendor"), read("idProduct"));
    UsbIdentity::Known(if serial.is_empty() { id } else { format!("{id}-{serial}") })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_camera_is_known_by_its_port_and_serial_number() {
        let root = tempfile::tempdir().unwrap();
        let usb = root.path().join("devices/usb1/1-4");
        fs::create_dir_all(usb.join("1-4:1.0")).unwrap();
        for (name, text) in [("idVendor", "046d\n"), ("idProduct", "0892\n"), ("serial", "A1 B2\n")] {
            fs::write(usb.join(name), text).unwrap();
        }
        let class = root.path().join("class");
        for (node, index) in [("video2", "0\n"), ("video3", "1\n")] {
            fs::create_dir_all(class.join(node)).unwrap();
            fs::write(class.join(node).join("index"), index).unwrap();
            std::os::unix::fs::symlink(usb.join("1-4:1.0"), class.join(node).join("device")).unwrap();
        }
        assert_eq!(usb_identity(&class, 2), UsbIdentity::Known("usb-1-4-046d0892-A1_B2".into()));
        assert_eq!(usb_identity(&class, 3), UsbIdentity::Metadata);
        assert_eq!(usb_identity(&class, 9), UsbIdentity::Unknown);
    }
}
