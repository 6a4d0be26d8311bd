//! The machine's packet filter: its program, and the rules that let containers reach the network.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::command::{Run, find};

const PATIENCE: Duration = Duration::from_secs(10);

/// Returns the legacy iptables if the kernel supports only that.
pub fn legacy() -> Option<PathBuf> {
    let usable = find("iptables").is_some_and(|program| works(&program));
    find("iptables-legacy").filter(|program| !usable && works(program))
}

/// Adds the rules that let a bridge's containers reach the network and receive answers. `network` is the bridge's
/// network, as `a.b.c.d/n`.
///
/// # Errors
///
/// There is no iptables, or a rule cannot be set.
pub fn open(bridge: &str, network: &str) -> Result<()> {
    let program = program()?;
    for rule in rules(bridge, network) {
        if !rule.is_set(&program) {
            rule.call(&program, rule.add).with_context(|| format!("no way out for {bridge}"))?;
        }
    }
    Ok(())
}

/// Whether all rules for a bridge are set.
pub fn is_open(bridge: &str, network: &str) -> bool {
    program().is_ok_and(|program| rules(bridge, network).iter().all(|rule| rule.is_set(&program)))
}

/// Removes the rules for a bridge.
///
/// # Errors
///
/// There is no iptables, or a rule cannot be removed.
pub fn close(bridge: &str, network: &str) -> Result<()> {
    let Ok(program) = program() else {
        return Ok(());
    };
    rules(bridge, network).iter().filter(|rule| rule.is_set(&program)).try_for_each(|rule| rule.call(&program, "-D"))
}

/// A rule of the packet filter.
#[derive(Debug)]
struct Rule {
    table: &'static str,
    chain: &'static str,
    /// Docker sets the default of `FORWARD` to "drop", so accepting rules are inserted in front.
    add: &'static str,
    words: Vec<String>,
}

impl Rule {
    fn is_set(&self, program: &PathBuf) -> bool {
        self.call(program, "-C").is_ok()
    }

    fn call(&self, program: &PathBuf, action: &str) -> Result<()> {
        // Another program that changes rules may hold the lock for a moment.
        let run = Run::new(program).args(["-w", "5", "-t", self.table, action, self.chain]);
        run.args(&self.words).text(PATIENCE).map(drop)
    }
}

fn rules(bridge: &str, network: &str) -> [Rule; 4] {
    let rule = |table, chain, add, words: &[&str]| Rule {
        table,
        chain,
        add,
        words: words.iter().map(|&word| word.to_owned()).collect(),
    };
    let answers = ["-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED"];
    [
        rule("nat", "POSTROUTING", "-A", &["-s", network, "!", "-o", bridge, "-j", "MASQUERADE"]),
        rule("filter", "FORWARD", "-I", &["-i", bridge, "!", "-o", bridge, "-j", "ACCEPT"]),
        rule("filter", "FORWARD", "-I", &[&["-o", bridge][..], &answers, &["-j", "ACCEPT"]].concat()),
        rule("filter", "FORWARD", "-I", &["-i", bridge, "-o", bridge, "-j", "ACCEPT"]),
    ]
}

fn program() -> Result<PathBuf> {
    legacy().or_else(|| find("iptables")).context("iptables is not there")
}

fn works(program: &PathBuf) -> bool {
    let probe = Run::new(program).args(["-t", "nat", "-S"]).output(PATIENCE);
    probe.is_ok_and(|output| output.success())
}

#[cfg(test)]
mod tests {
    use super::rules;

    #[test]
    fn only_one_bridge_is_let_out() {
        let rules = rules("rig-x", "10.1.2.0/24");
        assert!(rules.iter().all(|rule| rule.words.iter().any(|word| word == "rig-x")));
        assert_eq!(rules[0].words.join(" "), "-s 10.1.2.0/24 ! -o rig-x -j MASQUERADE");
        assert_eq!(rules[2].words.join(" "), "-o rig-x -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
    }
}
