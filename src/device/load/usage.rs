//! What the system knows of a process (proc(5)).
//!
//! Invariant: a process that is gone, or a system without `/proc`, costs the figure and nothing else.

use std::fs;

use serde::Serialize;

/// Times are given in units of this many each second (`USER_HZ`), on every system of Linux that Rust knows.
const TICKS_PER_SECOND: f64 = 100.0;

/// A process on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Process {
    /// This one.
    Own,
    /// The one with this id.
    Other(u32),
}

/// What a process has used since it was started.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Usage {
    /// Time on processors in seconds, its own and the kernel's for it.
    cpu_seconds: f64,
    /// Memory it has in use, in KiB.
    resident_kib: u64,
}

/// What a process used between two moments.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Spent {
    /// Time on processors in seconds.
    pub(crate) cpu_seconds: f64,
    /// So many processors that is: 1 for one that did nothing else.
    pub(crate) cores: f64,
    /// Memory in use in the end, in KiB.
    pub(crate) rss_kib: u64,
}

impl Process {
    /// What it has used so far; `None` where that is not known.
    pub(crate) fn usage(self) -> Option<Usage> {
        let folder = match self {
            Self::Own => "/proc/self".to_owned(),
            Self::Other(id) => format!("/proc/{id}"),
        };
        Some(Usage {
            cpu_seconds: cpu_seconds(&fs::read_to_string(format!("{folder}/stat")).ok()?)?,
            resident_kib: resident_kib(&fs::read_to_string(format!("{folder}/status")).ok()?)?,
        })
    }
}

impl Usage {
    /// What was used between two moments that are so many seconds apart.
    pub(crate) fn since(self, before: Self, seconds: f64) -> Spent {
        let cpu_seconds = (self.cpu_seconds - before.cpu_seconds).max(0.0);
        Spent {
            cpu_seconds,
            cores: if seconds > 0.0 {
                cpu_seconds / seconds
            } else {
                0.0
            },
            rss_kib: self.resident_kib,
        }
    }
}

/// The name of a process may hold anything, brackets too: what counts stands behind the last.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS_PER_SECOND)
}

fn resident_kib(status: &str) -> Option<u64> {
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_whatever_its_name_is() {
        let stat = "42 (a) b) c) S 1 42 42 0 -1 4194304 1 2 3 4 250 50 9 9 20 0 1 0 77 1 1";
        assert_eq!(cpu_seconds(stat), Some(3.0));
        assert_eq!(cpu_seconds("42 (a) S 1"), None);
        assert_eq!(resident_kib("Name:\ta\nVmRSS:\t   5120 kB\n"), Some(5_120));
        assert_eq!(resident_kib("Name:\ta\n"), None);
    }

    #[test]
    fn what_was_used_is_the_difference_and_memory_is_that_of_the_end() {
        let [before, after] = [(1.0, 100), (2.5, 300)].map(|(cpu_seconds, resident_kib)| Usage {
            cpu_seconds,
            resident_kib,
        });
        let spent = after.since(before, 3.0);
        assert_eq!(
            (spent.cpu_seconds, spent.cores, spent.rss_kib),
            (1.5, 0.5, 300)
        );
        assert_eq!(after.since(before, 0.0).cores, 0.0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_there_and_one_that_cannot_be_is_not() {
        assert!(Process::Own.usage().is_some());
        assert!(Process::Other(std::process::id()).usage().is_some());
        assert_eq!(Process::Other(u32::MAX).usage(), None);
    }
}
