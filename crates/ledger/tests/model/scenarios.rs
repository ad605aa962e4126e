//! The scenarios: which requests meet, and what goes wrong meanwhile.

use crate::{
    state::{Budget, Owner, Template},
    system::{Call, Kind, Scenario},
};

const NOTHING: Budget =
    Budget { crashes: 0, expiries: 0, touches: 0, faults: 0, wipes: 0, hours: 0 };

fn call(kind: Kind, owner: Owner, template: Template) -> Call {
    Call { kind, owner, template, after: None }
}

fn launch(template: Template) -> Call {
    call(Kind::Launch, 1, template)
}

fn remove(template: Template) -> Call {
    call(Kind::Remove, 1, template)
}

fn extend(template: Template) -> Call {
    call(Kind::Extend, 1, template)
}

/// A launch by the second owner.
fn other(template: Template) -> Call {
    call(Kind::Launch, 2, template)
}

impl Call {
    const fn after(mut self, number: usize) -> Self {
        self.after = Some(number);
        self
    }
}

fn requests(calls: &[Call]) -> Scenario {
    Scenario { calls: calls.to_vec(), operators: 1, quota: 1, max_seats: 3, ..Scenario::default() }
}

impl Scenario {
    const fn members(mut self, members: u8) -> Self {
        self.members = members;
        self
    }

    const fn quota(mut self, quota: usize) -> Self {
        self.quota = quota;
        self
    }

    const fn operators(mut self, operators: usize) -> Self {
        self.operators = operators;
        self
    }

    const fn with(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    const fn stale(mut self) -> Self {
        self.stale_members = true;
        self
    }

    const fn shrinks(mut self) -> Self {
        self.shrinks = true;
        self
    }

    const fn max_seats(mut self, seats: u8) -> Self {
        self.max_seats = seats;
        self
    }
}

/// Every scenario with its name, as far as two minutes allow. [`larger`] has the others.
pub(crate) fn all() -> Vec<(&'static str, Scenario)> {
    let mut all = on_demand();
    all.extend(pools());
    all.extend(operators());
    all.extend(lost_answers());
    all.extend(lost_records());
    all
}

/// Scenarios with larger bounds, which take several minutes each.
pub(crate) fn larger() -> Vec<(&'static str, Scenario)> {
    use Template::{Desk, Lab, Pool};
    let both = Budget { crashes: 1, touches: 1, ..NOTHING };
    let touch = Budget { touches: 1, ..NOTHING };
    let scenarios = [
        ("triple-click", requests(&[launch(Desk), launch(Desk), launch(Desk)])),
        ("launch-delete-race", requests(&[launch(Desk), remove(Desk), launch(Desk)])),
        (
            "claims",
            requests(&[launch(Pool), other(Pool)]).members(2).with(both).stale().max_seats(2),
        ),
        ("claim-clicks", requests(&[launch(Pool), launch(Pool)]).members(2).with(touch).stale()),
        (
            "claim-delete-race",
            requests(&[launch(Pool), remove(Pool), other(Pool)]).members(2).max_seats(2),
        ),
        ("claim-shrink", requests(&[launch(Pool), other(Pool)]).members(2).with(touch).shrinks()),
        (
            "quota-two",
            requests(&[launch(Desk), launch(Lab), launch(Pool)]).members(1).quota(2).max_seats(2),
        ),
        (
            "two-leaders-claims",
            requests(&[launch(Pool), other(Pool)]).members(2).operators(2).with(touch).max_seats(2),
        ),
    ];
    let eager = |(name, scenario)| (name, Scenario { eager: true, ..scenario });
    scenarios.into_iter().map(eager).collect()
}

/// The scenario of that name.
pub(crate) fn named(name: &str) -> Scenario {
    let found = all().into_iter().find(|(other, _)| *other == name);
    found.expect("a scenario of this name").1
}

fn on_demand() -> Vec<(&'static str, Scenario)> {
    use Template::{Desk, Lab};
    let crash = Budget { crashes: 1, ..NOTHING };
    let expiry = Budget { expiries: 1, ..NOTHING };
    vec![
        ("double-click", requests(&[launch(Desk), launch(Desk)]).with(crash)),
        ("quota", requests(&[launch(Desk), launch(Lab)]).with(crash)),
        (
            "launch-delete-launch",
            requests(&[launch(Desk), remove(Desk).after(0), launch(Desk).after(1)]).with(crash),
        ),
        ("launch-delete-race", requests(&[launch(Desk), remove(Desk), launch(Desk)]).max_seats(1)),
        (
            "quota-delete-other",
            requests(&[launch(Desk), remove(Desk).after(0), launch(Lab).after(1)]).with(crash),
        ),
        (
            "two-deletes",
            requests(&[launch(Desk), remove(Desk).after(0), remove(Desk).after(0)]).with(crash),
        ),
        (
            "expire",
            requests(&[launch(Desk), extend(Desk).after(0), launch(Desk).after(0)]).with(expiry),
        ),
        (
            "expire-delete",
            requests(&[launch(Desk), launch(Desk).after(0), remove(Desk).after(0)])
                .with(Budget { crashes: 1, ..expiry }),
        ),
        (
            "two-extends",
            requests(&[launch(Desk), extend(Desk).after(0), extend(Desk).after(0)]).with(expiry),
        ),
        (
            "quota-expired",
            requests(&[launch(Desk), extend(Desk).after(0), launch(Lab).after(0)]).with(expiry),
        ),
        ("oversleep", requests(&[launch(Desk), launch(Desk)]).with(Budget { hours: 1, ..NOTHING })),
    ]
}

fn pools() -> Vec<(&'static str, Scenario)> {
    use Template::{Desk, Pool};
    let crash = Budget { crashes: 1, ..NOTHING };
    let touch = Budget { touches: 1, ..NOTHING };
    let both = Budget { crashes: 1, touches: 1, ..NOTHING };
    vec![
        ("claims", requests(&[launch(Pool), other(Pool)]).members(2).with(touch).max_seats(2)),
        ("claims-short", requests(&[launch(Pool), other(Pool), launch(Pool)]).members(1)),
        (
            "claim-delete-race",
            requests(&[launch(Pool), remove(Pool), other(Pool)]).members(2).max_seats(1),
        ),
        (
            "claim-delete-claim",
            requests(&[launch(Pool), remove(Pool).after(0), launch(Pool).after(1)])
                .members(2)
                .stale()
                .with(crash),
        ),
        ("claim-delete", requests(&[launch(Pool), remove(Pool)]).members(2).with(both).stale()),
        (
            "claim-clicks",
            requests(&[launch(Pool), launch(Pool)]).members(2).with(touch).max_seats(2),
        ),
        ("claim-shrink", requests(&[launch(Pool), other(Pool)]).members(2).shrinks().max_seats(2)),
        ("quota-pool", requests(&[launch(Desk), launch(Pool)]).members(1).with(crash)),
    ]
}

fn operators() -> Vec<(&'static str, Scenario)> {
    use Template::{Desk, Pool};
    vec![
        (
            "two-leaders-click",
            requests(&[launch(Desk), launch(Desk)])
                .operators(2)
                .with(Budget { crashes: 1, ..NOTHING })
                .max_seats(2),
        ),
        (
            "two-leaders-claims",
            requests(&[launch(Pool), other(Pool)]).members(2).operators(2).max_seats(1),
        ),
        (
            "two-leaders-expire",
            requests(&[launch(Desk), extend(Desk).after(0)]).operators(2).with(Budget {
                expiries: 1,
                crashes: 1,
                ..NOTHING
            }),
        ),
    ]
}

/// A record is deleted, or restored without its status.
fn lost_records() -> Vec<(&'static str, Scenario)> {
    use Template::{Desk, Lab, Pool};
    let wipe = Budget { wipes: 1, ..NOTHING };
    vec![
        ("wipe", requests(&[launch(Desk), launch(Desk)]).with(wipe)),
        ("wipe-quota", requests(&[launch(Desk), launch(Lab).after(0)]).with(wipe)),
        ("wipe-claim", requests(&[launch(Pool), launch(Pool)]).members(2).with(wipe).max_seats(1)),
        ("wipe-delete", requests(&[launch(Desk), remove(Desk).after(0)]).with(wipe)),
        (
            "wipe-extend",
            requests(&[launch(Desk), extend(Desk).after(0)]).with(Budget {
                wipes: 1,
                expiries: 1,
                ..NOTHING
            }),
        ),
    ]
}

/// One answer is lost, unreadable or misleading; or a proxy repeats a write.
fn lost_answers() -> Vec<(&'static str, Scenario)> {
    use Template::{Desk, Lab, Pool};
    let fault = Budget { faults: 1, ..NOTHING };
    vec![
        ("lost-click", requests(&[launch(Desk), launch(Desk)]).with(fault)),
        ("lost-quota", requests(&[launch(Desk), launch(Lab)]).with(fault)),
        (
            "lost-claim",
            requests(&[launch(Pool)]).members(2).with(Budget { touches: 1, ..fault }).stale(),
        ),
        (
            "lost-clicks",
            requests(&[launch(Pool), launch(Pool)]).members(2).with(fault).max_seats(2),
        ),
        ("lost-claims", requests(&[launch(Pool), other(Pool)]).members(2).with(fault).max_seats(2)),
        (
            "lost-delete",
            requests(&[launch(Desk), remove(Desk).after(0), remove(Desk).after(0)]).with(fault),
        ),
        ("lost-claim-delete", requests(&[launch(Pool), remove(Pool)]).members(2).with(fault)),
        (
            "lost-extend",
            requests(&[launch(Desk), extend(Desk).after(0), extend(Desk).after(0)]).with(fault),
        ),
        (
            "lost-expire",
            requests(&[launch(Desk), launch(Desk).after(0)]).with(Budget { expiries: 1, ..fault }),
        ),
    ]
}
