//! One round of a storm: a few requests of one owner, most of them at the same time.

use std::time::Duration;

use clock::World;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

use crate::{
    caller::Caller,
    history::{Action, Outcome},
    storm::Storm,
    templates::{MAX_EXTENDS, Templates},
};

/// The number of extensions that are sent at the same time.
const EXTENDS_AT_ONCE: usize = 4;
/// The longest pause after the pool had no member.
const REFILL_PAUSE: Duration = Duration::from_secs(1);
/// The extensions begin within this time before the deadline.
const BEFORE_DEADLINE: Duration = Duration::from_millis(700);

/// A round: who asks, for what, and the choices of the run.
pub(crate) struct Round<'a> {
    /// The storm.
    pub(crate) storm: Storm,
    /// The caller.
    pub(crate) caller: &'a Caller,
    /// The templates.
    pub(crate) templates: &'a Templates,
    /// The clock, and the source of choices.
    pub(crate) world: &'a World,
}

impl Round<'_> {
    /// Sends the requests of the round and waits for the answers.
    pub(crate) async fn run(&self) {
        match self.storm {
            Storm::Claims => self.claims().await,
            Storm::Quota => self.quota().await,
            Storm::Extends => self.extends().await,
            Storm::DeleteExtend => self.delete_extend().await,
            Storm::ExpiryExtend => self.expiry_extend().await,
            Storm::RunDelete => self.run_delete().await,
        }
    }

    async fn send(&self, action: Action, template: &str) -> Outcome {
        self.caller.send(self.storm, action, template).await
    }

    async fn at_once(&self, requests: &[(Action, &str)]) -> Vec<Outcome> {
        join_all(requests.iter().map(|(action, template)| self.send(*action, template))).await
    }

    fn one_of<'a>(&self, templates: &'a [String]) -> &'a str {
        &templates[self.world.random_index(0..templates.len())]
    }

    async fn claims(&self) {
        let warm = self.one_of(&self.templates.pools);
        let outcomes = self.at_once(&[(Action::Launch, warm), (Action::Launch, warm)]).await;
        if outcomes.iter().all(|outcome| matches!(outcome, Outcome::Refused(_))) {
            return sleep(self.world.jitter(REFILL_PAUSE)).await;
        }
        if self.world.random_index(0..4) > 0 {
            self.send(Action::Delete, warm).await;
        }
    }

    async fn quota(&self) {
        let desks: Vec<&str> = self.templates.desks.iter().map(String::as_str).collect();
        let all: Vec<_> = desks.iter().map(|desk| (Action::Launch, *desk)).collect();
        let outcomes = self.at_once(&all).await;
        let launched =
            |(_, outcome): &(&&str, &Outcome)| matches!(outcome, Outcome::Launched { .. });
        let mut taken = desks.iter().zip(&outcomes).filter(launched).map(|(desk, _)| *desk);
        let Some(first) = taken.next() else { return };
        let mut swap = vec![(Action::Delete, first)];
        swap.extend(desks.iter().take(4).map(|desk| (Action::Launch, *desk)));
        self.at_once(&swap).await;
        let rest: Vec<_> = taken.map(|desk| (Action::Delete, desk)).collect();
        self.at_once(&rest).await;
    }

    async fn extends(&self) {
        let desk = &*self.templates.extendable;
        let launched = self.send(Action::Launch, desk).await;
        if !matches!(launched, Outcome::Launched { .. }) {
            return;
        }
        for _ in 0..=MAX_EXTENDS.div_ceil(EXTENDS_AT_ONCE) {
            self.at_once(&[(Action::Extend, desk); EXTENDS_AT_ONCE]).await;
        }
        self.send(Action::Delete, desk).await;
    }

    async fn delete_extend(&self) {
        let desk = &*self.templates.extendable;
        for _ in 0..2 {
            self.send(Action::Launch, desk).await;
            let (extend, delete) = ((Action::Extend, desk), (Action::Delete, desk));
            self.at_once(&[extend, delete, extend, delete]).await;
        }
    }

    async fn expiry_extend(&self) {
        let short = &*self.templates.short;
        for _ in 0..2 {
            let Outcome::Launched { deadline: Some(deadline), .. } =
                self.send(Action::Launch, short).await
            else {
                return;
            };
            self.sleep_until_about(deadline).await;
            let (extend, launch) = ((Action::Extend, short), (Action::Launch, short));
            self.at_once(&[extend, extend, launch]).await;
        }
    }

    /// Sleeps until a random time shortly before or after `deadline`.
    async fn sleep_until_about(&self, deadline: Timestamp) {
        let left = deadline.duration_since(self.world.now());
        let early = SignedDuration::try_from(BEFORE_DEADLINE).unwrap_or_default();
        let wait = Duration::try_from(left - early).unwrap_or_default();
        sleep(wait + self.world.jitter(BEFORE_DEADLINE * 3 / 2)).await;
    }

    async fn run_delete(&self) {
        let desk = match self.world.random_index(0..3) {
            0 => self.one_of(&self.templates.pools),
            _ => self.one_of(&self.templates.desks),
        };
        let (launch, delete) = ((Action::Launch, desk), (Action::Delete, desk));
        for _ in 0..3 {
            self.at_once(&[launch, delete, launch]).await;
        }
        self.send(Action::Delete, desk).await;
    }
}
