//! The network of a separate engine: a bridge that the rig makes.
//!
//! Its hardware address is fixed, because a bridge that changes its address with its containers breaks their
//! connections. An engine that is told to use no bridge would delete the bridge of the first engine.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::cache::{self, text};
use crate::command::Run;
use crate::digest::digest;
use crate::failure::Failure;

const PATIENCE: Duration = Duration::from_secs(10);
/// The first network to choose from. Engines use 172.16/12 and 192.168/16, Kubernetes uses 10.96/12.
const FIRST: u32 = Ipv4Addr::new(10, 120, 0, 1).to_bits();
/// The number of networks below 10.240.0.0; pods often use 10.244/16.
const NETWORKS: u32 = 120 * 256;
const PREFIX: u32 = 24;
/// The kernel's flag for a bridge that is up. It is set last, so a bridge with it is complete.
const UP: u32 = 1;

/// The bridge of an engine, whether it exists or not.
#[derive(Debug)]
pub(super) struct Bridge {
    folder: PathBuf,
    /// The name of the interface, which depends on the engine's folder.
    pub(super) name: String,
}

/// The addresses of the bridge; kept beside the engine's data.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Place {
    address: Ipv4Addr,
}

impl Bridge {
    /// Returns the bridge of the engine in a folder.
    pub(super) fn of(folder: &Path) -> Self {
        // The name of an interface has at most 15 bytes.
        let name = digest(&[folder.as_os_str().as_encoded_bytes()]);
        Self { folder: folder.to_path_buf(), name: format!("rig-{}", name.get(..10).unwrap_or_default()) }
    }

    /// Whether the bridge is complete.
    pub(super) fn is_up(&self) -> bool {
        self.place().is_some_and(|place| {
            let flags = self.property("flags").and_then(|text| u32::from_str_radix(text.strip_prefix("0x")?, 16).ok());
            flags.is_some_and(|flags| flags & UP != 0) && self.property("address").as_deref() == Some(&place.hardware())
        })
    }

    /// Makes the bridge; replaces an incomplete one.
    pub(super) fn up(&self) -> Result<()> {
        if self.is_up() {
            return Ok(());
        }
        self.down()?;
        let taken = routes(&fs::read_to_string("/proc/net/route").context("could not read the routes")?);
        let place = match self.place().filter(|place| place.is_free(&taken)) {
            Some(place) => place,
            None => self.choose(&taken)?,
        };
        let name = &self.name;
        ip(&["link", "add", name, "address", &place.hardware(), "type", "bridge"])?;
        // Describes the bridge in the output of `ip link`.
        ip(&["link", "set", name, "alias", &format!("taskflow rig: {}", text(&self.folder))])?;
        ip(&["address", "add", &format!("{}/{PREFIX}", place.address), "broadcast", "+", "dev", name])?;
        ip(&["link", "set", name, "up"])
    }

    /// Removes the bridge.
    pub(super) fn down(&self) -> Result<()> {
        if Path::new("/sys/class/net").join(&self.name).exists() {
            ip(&["link", "delete", &self.name])?;
        }
        Ok(())
    }

    /// Returns the address of this machine on the bridge, if one was chosen.
    pub(super) fn address(&self) -> Option<Ipv4Addr> {
        self.place().map(|place| place.address)
    }

    /// Returns the network behind the bridge, as `a.b.c.d/n`.
    pub(super) fn network(&self) -> Option<String> {
        let [a, b, c, _] = self.address()?.octets();
        Some(format!("{a}.{b}.{c}.0/{PREFIX}"))
    }

    fn choose(&self, taken: &[(u32, u32)]) -> Result<Place> {
        // Starts at a place that depends on the folder, since the engine of another folder may choose at the same time.
        let begin = u32::from_str_radix(self.name.get(4..10).unwrap_or_default(), 16).unwrap_or_default();
        let mut places = (0..NETWORKS).map(|step| {
            let number = (begin + step) % NETWORKS;
            Place { address: Ipv4Addr::from_bits(FIRST + (number << (32 - PREFIX))) }
        });
        let place = places.find(|place| place.is_free(taken)).ok_or_else(|| {
            Failure::refusal("every network that the rig could use is routed elsewhere (10.120.0.0 to 10.239.255.0)")
        })?;
        cache::write(&self.file(), &serde_json::to_vec(&place)?, 0o644)?;
        Ok(place)
    }

    fn place(&self) -> Option<Place> {
        serde_json::from_slice(&fs::read(self.file()).ok()?).ok()
    }

    fn file(&self) -> PathBuf {
        self.folder.join("bridge.json")
    }

    fn property(&self, name: &str) -> Option<String> {
        let text = fs::read_to_string(Path::new("/sys/class/net").join(&self.name).join(name)).ok()?;
        Some(text.trim().to_owned())
    }
}

impl Place {
    /// Returns a hardware address derived from the IP address, as Docker's are.
    fn hardware(self) -> String {
        let [a, b, c, d] = self.address.octets();
        format!("02:42:{a:02x}:{b:02x}:{c:02x}:{d:02x}")
    }

    /// Whether no route but the default one leads to the network.
    fn is_free(self, taken: &[(u32, u32)]) -> bool {
        let address = self.address.to_bits();
        let own = u32::MAX << (32 - PREFIX);
        taken.iter().all(|(network, mask)| *mask == 0 || (address ^ network) & (mask & own) != 0)
    }
}

/// Parses networks and masks of the kernel's routing table, whose numbers are in the machine's byte order.
fn routes(table: &str) -> Vec<(u32, u32)> {
    let number = |text: &str| u32::from_str_radix(text, 16).ok().map(|raw| u32::from_be_bytes(raw.to_ne_bytes()));
    let fields = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    fields.filter_map(|fields| Some((number(fields.get(1)?)?, number(fields.get(7)?)?))).collect()
}

fn ip(words: &[&str]) -> Result<()> {
    Run::new("ip").args(words).text(PATIENCE).map(drop)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Bridge, routes};

    const TABLE: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
        eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n\
        docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n\
        vpn0\t0000780A\t00000000\t0001\t0\t0\t0\t0000FEFF\t0\t0\t0\n";

    #[test]
    fn a_network_that_is_routed_elsewhere_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let bridge = Bridge::of(folder.path());
        assert_eq!(bridge.network(), None);
        let taken = routes(TABLE);
        assert_eq!(taken.len(), 3);
        let first = bridge.choose(&taken).unwrap();
        let [a, b, c, d] = first.address.octets();
        assert!(a == 10 && (122..240).contains(&b) && d == 1, "{}", first.address);
        assert_eq!(bridge.network(), Some(format!("10.{b}.{c}.0/24")));
        assert_eq!(bridge.place().unwrap().hardware(), format!("02:42:0a:{b:02x}:{c:02x}:01"));
        // The same address is chosen again, unless it has been taken since.
        assert_eq!(bridge.choose(&taken).unwrap().address, first.address);
        let own = (first.address.to_bits() & 0xFFFF_FF00, 0xFFFF_FF00);
        assert_ne!(bridge.choose(&[own]).unwrap().address, first.address);
        assert!(bridge.choose(&[(0x0A00_0000, 0xFF00_0000)]).is_err());
    }

    #[test]
    fn every_folder_has_a_bridge_of_its_own() {
        let [one, other] = ["/a/node", "/b/node"].map(|folder| Bridge::of(Path::new(folder)).name);
        assert_ne!(one, other);
        assert!(one.len() < 16 && one.starts_with("rig-"));
    }
}
