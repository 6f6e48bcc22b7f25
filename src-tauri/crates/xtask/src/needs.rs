//! What the system has to provide, as a table, and how to get what is missing.

/// What is going to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Build and start.
    Run,
    /// Everything else as well.
    Test,
}

/// Systems that differ in how software is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Debian, Ubuntu and what derives from them.
    Debian,
    /// Any other Linux.
    OtherLinux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl System {
    /// From `std::env::consts::OS` and the text of `/etc/os-release`.
    pub fn of(os: &str, os_release: &str) -> Self {
        let value = |key: &str| {
            os_release
                .lines()
                .filter_map(|line| line.split_once('='))
                .find(|(k, _)| *k == key)
                .map_or("", |(_, v)| v.trim_matches('"'))
        };
        let debian = |id: &str| id == "debian" || id == "ubuntu";
        match os {
            "windows" => Self::Windows,
            "macos" => Self::MacOs,
            _ if debian(value("ID")) || value("ID_LIKE").split(' ').any(debian) => Self::Debian,
            _ => Self::OtherLinux,
        }
    }
}

/// How to find out whether something is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// A program in `PATH`.
    Program(&'static str),
    /// A library that pkg-config knows.
    PkgConfig(&'static str),
    /// Python 3 that can make environments.
    PythonVenv,
    /// libclang, which bindgen loads while it builds the camera's V4L2 bindings.
    LibClang,
}

/// One thing that the system has to provide.
#[derive(Debug, PartialEq, Eq)]
pub struct Need {
    /// What it is, for people.
    pub what: &'static str,
    /// How to find it.
    pub probe: Probe,
    /// Debian's package.
    pub debian: &'static str,
    /// From which purpose on.
    pub from: Purpose,
}

/// On Linux. Perl and make, which build the order log's cipher, come with the compiler's package. The window's Chinese font comes from npm, so no font package is here.
const LINUX: [Need; 16] = [
    need("a C and C++ compiler", Probe::Program("c++"), "build-essential", Purpose::Run),
    need("pkg-config", Probe::Program("pkg-config"), "pkg-config", Purpose::Run),
    need(
        "libdbus with headers, to reach the key store",
        Probe::PkgConfig("dbus-1"),
        "libdbus-1-dev",
        Purpose::Run,
    ),
    need(
        "WebKitGTK 4.1 with headers",
        Probe::PkgConfig("webkit2gtk-4.1"),
        "libwebkit2gtk-4.1-dev",
        Purpose::Run,
    ),
    need("libclang", Probe::LibClang, "libclang-dev", Purpose::Run),
    need("Xvfb, a display without a screen", Probe::Program("Xvfb"), "xvfb", Purpose::Test),
    need("xauth", Probe::Program("xauth"), "xauth", Purpose::Test),
    need("WebKitWebDriver", Probe::Program("WebKitWebDriver"), "webkit2gtk-driver", Purpose::Test),
    need("pdftoppm, to look at sheets", Probe::Program("pdftoppm"), "poppler-utils", Purpose::Test),
    need("xorriso, to read and burn disc images", Probe::Program("xorriso"), "xorriso", Purpose::Test),
    need("bsdtar, to read disc images", Probe::Program("bsdtar"), "libarchive-tools", Purpose::Test),
    need("7-Zip, to open encrypted deliveries", Probe::Program("7zz"), "7zip", Purpose::Test),
    need("Python 3 with venv, to validate deliveries", Probe::PythonVenv, "python3-venv", Purpose::Test),
    need(
        "a session bus of its own, to try the key store",
        Probe::Program("dbus-run-session"),
        "dbus",
        Purpose::Test,
    ),
    need("GNOME's key store", Probe::Program("gnome-keyring-daemon"), "gnome-keyring", Purpose::Test),
    need(
        "MinGW-w64, to check the Windows build",
        Probe::Program("x86_64-w64-mingw32-gcc"),
        "gcc-mingw-w64-x86-64",
        Purpose::Test,
    ),
];

const MACOS: [Need; 1] =
    [need("Xcode's command-line tools (xcode-select --install)", Probe::Program("cc"), "", Purpose::Run)];

/// Windows 11 brings the web view, and rustup already asked for the C++ build tools.
const WINDOWS: [Need; 1] = [need(
    "Strawberry Perl, to build the order log's cipher (winget install StrawberryPerl.StrawberryPerl)",
    Probe::Program("perl"),
    "",
    Purpose::Run,
)];

const fn need(what: &'static str, probe: Probe, debian: &'static str, from: Purpose) -> Need {
    Need { what, probe, debian, from }
}

/// What `system` lacks for `purpose`.
pub fn missing(system: System, purpose: Purpose, has: impl Fn(Probe) -> bool) -> Vec<&'static Need> {
    let needs: &'static [Need] = match system {
        System::Debian | System::OtherLinux => &LINUX,
        System::MacOs => &MACOS,
        System::Windows => &WINDOWS,
    };
    needs.iter().filter(|need| need.from <= purpose && !has(need.probe)).collect()
}

/// Who may install packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// We are root.
    Root,
    /// `sudo` is there.
    Sudo,
    /// Neither.
    None,
}

/// How to get what is missing.
#[derive(Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing is missing.
    Nothing,
    /// `apt-get` with these leading words and packages; see [`apt_get`].
    Apt(Rights, Vec<&'static str>),
    /// Somebody has to install these.
    ByHand(Vec<&'static str>),
}

/// What to do about what is missing.
pub fn remedy(system: System, rights: Rights, has_apt: bool, missing: &[&Need]) -> Remedy {
    if missing.is_empty() {
        Remedy::Nothing
    } else if system == System::Debian && has_apt && rights != Rights::None {
        Remedy::Apt(rights, missing.iter().map(|need| need.debian).collect())
    } else if system == System::Debian {
        Remedy::ByHand(missing.iter().map(|need| need.debian).collect())
    } else {
        Remedy::ByHand(missing.iter().map(|need| need.what).collect())
    }
}

/// The words of an `apt-get` call. The environment is set behind sudo, which would drop it.
pub fn apt_get<'a>(rights: Rights, arguments: &[&'a str]) -> Vec<&'a str> {
    let sudo = (rights == Rights::Sudo).then_some("sudo");
    let environment = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
    sudo.into_iter().chain(environment).chain(arguments.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOKWORM: &str = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n";
    const MINT: &str = "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n";
    const FEDORA: &str = "ID=fedora\nVERSION_ID=43\n";

    #[test]
    fn systems_are_told_apart() {
        for (os, release, system) in [
            ("linux", BOOKWORM, System::Debian),
            ("linux", MINT, System::Debian),
            ("linux", FEDORA, System::OtherLinux),
            ("linux", "", System::OtherLinux),
            ("macos", "", System::MacOs),
            ("windows", "", System::Windows),
        ] {
            assert_eq!(System::of(os, release), system, "{os} {release}");
        }
    }

    #[test]
    fn only_what_the_purpose_needs_and_the_system_lacks_is_missing() {
        let packages = |purpose, has: fn(Probe) -> bool| {
            missing(System::Debian, purpose, has).iter().map(|n| n.debian).collect::<Vec<_>>()
        };
        assert_eq!(packages(Purpose::Run, |_| true), [""; 0]);
        assert_eq!(
            packages(Purpose::Run, |_| false),
            ["build-essential", "pkg-config", "libdbus-1-dev", "libwebkit2gtk-4.1-dev", "libclang-dev"]
        );
        assert_eq!(packages(Purpose::Test, |probe| probe != Probe::Program("Xvfb")), ["xvfb"]);
        assert_eq!(missing(System::Windows, Purpose::Run, |_| false).len(), 1);
        assert_eq!(missing(System::MacOs, Purpose::Run, |_| false).len(), 1);
    }

    #[test]
    fn apt_installs_where_it_may_and_others_are_told() {
        let lacking = missing(System::Debian, Purpose::Test, |probe| !matches!(probe, Probe::LibClang));
        assert_eq!(remedy(System::Debian, Rights::Root, true, &[]), Remedy::Nothing);
        assert_eq!(
            remedy(System::Debian, Rights::Sudo, true, &lacking),
            Remedy::Apt(Rights::Sudo, vec!["libclang-dev"])
        );
        assert_eq!(
            remedy(System::Debian, Rights::None, true, &lacking),
            Remedy::ByHand(vec!["libclang-dev"])
        );
        assert_eq!(
            remedy(System::OtherLinux, Rights::Root, false, &lacking),
            Remedy::ByHand(vec!["libclang"])
        );
    }

    #[test]
    fn sudo_keeps_the_environment() {
        assert_eq!(
            apt_get(Rights::Root, &["update"]),
            ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "update"]
        );
        assert_eq!(apt_get(Rights::Sudo, &["update"])[0], "sudo");
    }
}
