//! Any interleaving of lists, watch events and answers ends with what the API server has.

use std::collections::{BTreeMap, VecDeque};

use proptest::{prelude::*, sample::select};

use super::*;

/// What happens next. Names and answers are chosen by number.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Somebody else writes: creates, changes or deletes.
    Write(usize),
    /// Somebody else deletes.
    Delete(usize),
    /// This replica writes; the answer is under way.
    OwnWrite(usize),
    /// This replica deletes; the answer is under way.
    OwnDelete(usize),
    /// This replica begins to read.
    BeginRead(usize),
    /// The API server answers a read.
    ServeRead(usize),
    /// An answer arrives.
    Answer(usize),
    /// The watch reports the next change.
    Report,
    /// The watch ends and lists again.
    BeginList,
    /// The API server answers the list.
    ServeList,
    /// The list arrives.
    EndList,
    /// The API server's store is backed up.
    BackUp,
    /// The backup is restored: versions go back.
    Restore,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let n = 0_usize..8;
    let step = prop_oneof![
        3 => n.clone().prop_map(Step::Write),
        2 => n.clone().prop_map(Step::Delete),
        3 => n.clone().prop_map(Step::OwnWrite),
        2 => n.clone().prop_map(Step::OwnDelete),
        2 => n.clone().prop_map(Step::BeginRead),
        2 => n.clone().prop_map(Step::ServeRead),
        6 => n.prop_map(Step::Answer),
        8 => Just(Step::Report),
        4 => select(vec![Step::BeginList, Step::ServeList, Step::EndList]),
        1 => select(vec![Step::BackUp, Step::Restore]),
    ];
    prop::collection::vec(step, 0..60)
}

type Objects = BTreeMap<String, DployInstance>;

/// A change: the object, and whether it was deleted.
type Change = (DployInstance, bool);

#[derive(Debug)]
enum Answer {
    Object(DployInstance),
    Deleted(DployInstance),
    /// A read that the API server has not answered yet: its name and what the mirror had before.
    Reading(String, Option<Arc<DployInstance>>),
    NotFound(Arc<DployInstance>),
    Nothing,
}

enum Listing {
    None,
    Begun,
    Served(Objects),
}

struct World {
    mirror: Arc<Mirror<DployInstance>>,
    objects: Objects,
    version: u64,
    uids: u64,
    /// The changes that the watch has not reported yet.
    unreported: VecDeque<Change>,
    answers: Vec<Answer>,
    listing: Listing,
    backup: (Objects, u64),
    was_restored: bool,
}

impl World {
    fn new() -> Self {
        Self {
            mirror: mirror().0,
            objects: Objects::new(),
            version: 1,
            uids: 0,
            unreported: VecDeque::new(),
            answers: Vec::new(),
            listing: Listing::None,
            backup: (Objects::new(), 1),
            was_restored: false,
        }
    }

    fn write(&mut self, name: &str) -> DployInstance {
        self.version += 1;
        let mut written = instance(name, "ada", self.version);
        let uid = self.objects.get(name).and_then(|it| it.metadata.uid.clone());
        written.metadata.uid = uid.or_else(|| {
            self.uids += 1;
            Some(self.uids.to_string())
        });
        self.objects.insert(name.to_owned(), written.clone());
        self.unreported.push_back((written.clone(), false));
        written
    }

    fn delete(&mut self, name: &str) -> Option<DployInstance> {
        let mut deleted = self.objects.remove(name)?;
        self.version += 1;
        let before = deleted.clone();
        deleted.metadata.resource_version = Some(self.version.to_string());
        self.unreported.push_back((deleted, true));
        Some(before)
    }

    fn take(&mut self, step: Step) {
        let name = |n: usize| ["a", "b", "c"][n % 3];
        match step {
            Step::Write(n) => drop(self.write(name(n))),
            Step::Delete(n) => drop(self.delete(name(n))),
            Step::OwnWrite(n) => {
                let written = self.write(name(n));
                self.answers.push(Answer::Object(written));
            }
            Step::OwnDelete(n) => {
                let deleted = self.delete(name(n));
                self.answers.extend(deleted.map(Answer::Deleted));
            }
            Step::BeginRead(n) => {
                let seen = self.mirror.get(name(n));
                self.answers.push(Answer::Reading(name(n).to_owned(), seen));
            }
            Step::ServeRead(n) => self.serve(n),
            Step::Answer(n) => self.answer(n),
            Step::Report => self.report(),
            Step::BeginList => {
                self.mirror.apply(MirrorEvent::ListStarted);
                self.listing = Listing::Begun;
            }
            Step::ServeList => {
                if matches!(self.listing, Listing::Begun) {
                    self.unreported.clear();
                    self.listing = Listing::Served(self.objects.clone());
                }
            }
            Step::EndList => self.end_list(),
            Step::BackUp => self.backup = (self.objects.clone(), self.version),
            Step::Restore => self.restore(),
        }
    }

    fn serve(&mut self, n: usize) {
        let count = self.answers.len().max(1);
        let Some(answer) = self.answers.get_mut(n % count) else { return };
        if let Answer::Reading(name, seen) = answer {
            *answer = match (self.objects.get(name), seen.take()) {
                (Some(found), _) => Answer::Object(found.clone()),
                (None, Some(seen)) => Answer::NotFound(seen),
                (None, None) => Answer::Nothing,
            };
        }
    }

    fn answer(&mut self, n: usize) {
        if self.answers.is_empty() {
            return;
        }
        self.serve(n);
        match self.answers.remove(n % self.answers.len()) {
            Answer::Object(object) => {
                self.mirror.note(&object);
                let name = object.metadata.name.clone().expect("a name");
                if self.objects.get(&name) == Some(&object) && !self.was_restored {
                    let version = object.metadata.resource_version.expect("a version");
                    assert_eq!(known(&self.mirror, &name), version.parse().ok(), "its own write");
                }
            }
            Answer::Deleted(object) => self.mirror.forget(&object),
            Answer::NotFound(seen) => self.mirror.forget(&seen),
            Answer::Reading(..) | Answer::Nothing => {}
        }
    }

    fn report(&mut self) {
        if !matches!(self.listing, Listing::None) {
            return;
        }
        match self.unreported.pop_front() {
            Some((object, true)) => self.mirror.apply(MirrorEvent::Deleted(object)),
            Some((object, false)) => self.mirror.apply(MirrorEvent::Changed(object)),
            None => {}
        }
    }

    fn end_list(&mut self) {
        let Listing::Served(objects) = &self.listing else { return };
        let objects = objects.clone();
        self.listing = Listing::None;
        for object in objects.into_values() {
            self.mirror.apply(MirrorEvent::Listed(object));
        }
        self.mirror.apply(MirrorEvent::ListComplete);
    }

    /// The API server is down meanwhile, so no answer of before arrives after.
    fn restore(&mut self) {
        (self.objects, self.version) = self.backup.clone();
        self.unreported.clear();
        self.answers.clear();
        self.was_restored = true;
        self.take(Step::BeginList);
    }

    /// Everything under way arrives, and one more change.
    fn settle(&mut self, answers_first: bool) {
        let answer_all = |world: &mut Self| {
            while !world.answers.is_empty() {
                world.answer(0);
            }
        };
        if answers_first {
            answer_all(self);
        }
        if !matches!(self.listing, Listing::None) {
            self.take(Step::ServeList);
            self.take(Step::EndList);
        }
        while !self.unreported.is_empty() {
            self.report();
        }
        answer_all(self);
        self.write("z");
        self.report();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_mirror_ends_with_what_the_api_server_has(steps in steps(), answers_first: bool) {
        let mut world = World::new();
        for step in steps {
            world.take(step);
        }
        world.settle(answers_first);
        let mirrored: Objects = world.mirror.all().into_iter()
            .map(|it| (it.metadata.name.clone().unwrap_or_default(), (*it).clone()))
            .collect();
        prop_assert_eq!(mirrored, world.objects);
    }
}
