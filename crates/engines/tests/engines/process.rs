//! Engine `process` with real children.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use engines::{
    Engine, Order, Withdrawal,
    process::{ProcessEngine, Settings},
};
use resources::{
    DployInstance, DployInstanceSpec, EngineName, EnvVar, Health, OperatorConfigSpec, OrderRef,
    Placed, Placement, ProcessSpec, Reason, TemplateRevision, WorkloadState,
};
use tempfile::TempDir;

use crate::support::eventually;

const SUPERVISOR: &str = env!("CARGO_BIN_EXE_supervise");

struct Bed {
    dir: TempDir,
    engine: ProcessEngine,
}

impl Bed {
    fn new() -> Self {
        Self::at(tempfile::tempdir().unwrap())
    }

    fn at(dir: TempDir) -> Self {
        let engine = ProcessEngine::start(settings(dir.path())).unwrap();
        Self { dir, engine }
    }

    async fn place(&self, order: &Order) {
        let draft = self.engine.draft(order).unwrap();
        self.engine.place(draft).await.unwrap();
    }

    async fn until(
        &self,
        order: &Order,
        what: &str,
        is: impl Fn(&WorkloadState) -> bool,
    ) -> WorkloadState {
        eventually(what, || async {
            let look = self.engine.observe(&order.reference).await.unwrap();
            is(&look).then_some(look)
        })
        .await
    }

    async fn healthy(&self, order: &Order) -> WorkloadState {
        self.until(order, "healthy", |look| look.health == Health::Healthy).await
    }

    async fn gone(&self, order: &Order) {
        eventually("withdrawn", || async {
            let withdrawal = self.engine.withdraw(&order.reference).await.unwrap();
            (withdrawal == Withdrawal::Done).then_some(())
        })
        .await;
    }

    fn environment(&self, order: &Order) -> PathBuf {
        self.dir.path().join("environments").join(&order.reference.instance)
    }

    async fn read(&self, order: &Order, file: &str) -> String {
        let path = self.environment(order).join(file);
        eventually(file, || async { fs::read_to_string(&path).ok().filter(|it| !it.is_empty()) })
            .await
    }
}

fn settings(data_dir: &Path) -> Settings {
    Settings {
        inherited: vec![("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into())],
        grace: Duration::from_millis(300),
        ..Settings::new(data_dir.into(), SUPERVISOR.into())
    }
}

fn shell(name: &str, script: &str) -> Order {
    order(name, "/bin/sh", &["-c", script])
}

fn order(name: &str, command: &str, args: &[&str]) -> Order {
    let process = ProcessSpec {
        command: command.into(),
        args: args.iter().map(ToString::to_string).collect(),
        env: vec![EnvVar { name: "GREETING".into(), value: "hello".into() }],
        ..ProcessSpec::default()
    };
    let revision = TemplateRevision {
        engine: EngineName::Process,
        process: Some(process),
        connection_url_template: "http://127.0.0.1".into(),
        ..TemplateRevision::default()
    };
    let spec = DployInstanceSpec {
        template_ref: name.into(),
        uuid: Some("0123abcd".into()),
        seed: Some("00".repeat(16)),
        ..DployInstanceSpec::default()
    };
    Order {
        reference: OrderRef {
            instance: format!("{name}-0123abcd"),
            uuid: "0123abcd".into(),
            namespace: format!("ada-{name}-0123abcd"),
            installation: String::new(),
            engine_ref: None,
            placement: Placement::default(),
        },
        instance: Arc::new(DployInstance::new(&format!("{name}-0123abcd"), spec)),
        revision: Arc::new(revision),
        config: Arc::default(),
    }
}

fn with_process(order: &Order, change: impl FnOnce(&mut ProcessSpec)) -> Order {
    let mut order = order.clone();
    change(Arc::make_mut(&mut order.revision).process.as_mut().unwrap());
    order
}

/// A listener of POSIX tools only is not to be had; perl is on every Debian and macOS.
fn listener(name: &str) -> Order {
    order(name, "perl", &["-MIO::Socket::INET", "-e", LISTENER])
}

const LISTENER: &str = r#"
my $l = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ENV{PORT}, Listen => 5, ReuseAddr => 1) or die $!;
while (my $c = $l->accept) {
    my $line = <$c>;
    if (defined $line) { my $s = $line =~ m{^GET /ok } ? "200 OK" : "500 Oh"; print $c "HTTP/1.1 $s\r\nContent-Length: 0\r\n\r\n"; }
    close $c;
}
"#;

fn alive(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

async fn dies(pid: &str) {
    eventually("the process is gone", || async { (!alive(pid)).then_some(()) }).await;
}

#[tokio::test]
async fn a_process_becomes_healthy_when_it_listens_and_leaves_nothing_behind() {
    let bed = Bed::new();
    let order = listener("web");
    bed.place(&order).await;
    let look = bed.healthy(&order).await;
    let port = fs::read_to_string(bed.environment(&order).join("port")).unwrap();
    assert_eq!(look.engine_ref, Some(format!("127.0.0.1:{port}")));
    assert_eq!(look.placed, Some(bed.engine.draft(&order).unwrap().digest()));
    bed.gone(&order).await;
    assert!(!bed.environment(&order).exists());
    assert_eq!(bed.engine.observe(&order.reference).await.unwrap(), WorkloadState::absent());
    bed.gone(&order).await;
}

#[tokio::test]
async fn an_http_path_has_to_answer_below_400() {
    let bed = Bed::new();
    let good = with_process(&listener("good"), |it| it.health_path = "/ok".into());
    let bad = with_process(&listener("bad"), |it| it.health_path = "/broken".into());
    bed.place(&good).await;
    bed.place(&bad).await;
    bed.healthy(&good).await;
    let look = bed.engine.observe(&bad.reference).await.unwrap();
    assert_eq!(look.health, Health::Progressing);
}

#[tokio::test]
async fn a_process_sees_nothing_of_the_servers_environment() {
    let bed = Bed::new();
    let order = shell("env", "env | sort > seen.new; mv seen.new seen; pwd; sleep 60");
    bed.place(&order).await;
    let seen = bed.read(&order, "work/seen").await;
    let names: Vec<&str> = seen.lines().filter_map(|line| line.split('=').next()).collect();
    // The shell itself adds PWD and the like.
    let own = ["_", "OLDPWD", "PWD", "SHLVL"];
    let told: Vec<&&str> = names.iter().filter(|name| !own.contains(name)).collect();
    assert_eq!(
        told,
        [
            &"DPLOY_DIRECTORY",
            &"DPLOY_INSTANCE",
            &"DPLOY_UUID",
            &"GREETING",
            &"HOME",
            &"PATH",
            &"PORT"
        ]
    );
    let work = bed.environment(&order).join("work").canonicalize().unwrap();
    assert!(seen.contains(&format!("HOME={}\n", work.display())));
    assert_eq!(bed.read(&order, "output.log").await.trim(), work.display().to_string());
}

#[tokio::test]
async fn a_crash_is_shown_with_its_status_and_the_process_started_again() {
    let bed = Bed::new();
    let order = shell("crash", "echo once >> runs; [ $(wc -l < runs) -ge 2 ] && sleep 60; exit 3");
    bed.place(&order).await;
    let look = bed.until(&order, "degraded", |look| look.health == Health::Degraded).await;
    assert_eq!(look.reason.as_str(), "ProcessEnded");
    assert_eq!(look.message, "The process ended with exit status 3. It is restarted.");
    eventually("a second run", || async {
        let runs = fs::read_to_string(bed.environment(&order).join("work/runs")).unwrap();
        (runs.lines().count() == 2).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_command_that_does_not_exist_is_named() {
    let bed = Bed::new();
    let order = order("typo", "no-such-program", &[]);
    bed.place(&order).await;
    let look = bed.until(&order, "degraded", |look| look.health == Health::Degraded).await;
    assert_eq!(look.reason.as_str(), "ProcessNotStarted");
    assert!(look.message.contains("\"no-such-program\""), "{}", look.message);
    bed.gone(&order).await;
}

#[tokio::test]
async fn a_program_of_this_installation_is_started_or_its_path_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing");
    let programs = [("sh-of-ours", "/bin/sh".into()), ("missing-of-ours", missing.clone())];
    let programs = programs.map(|(name, path)| (name.to_owned(), path)).into();
    let settings = Settings { programs, ..settings(dir.path()) };
    let bed = Bed { engine: ProcessEngine::start(settings).unwrap(), dir };
    let found = order("found", "sh-of-ours", &["-c", "echo started > file; sleep 60"]);
    bed.place(&found).await;
    assert_eq!(bed.read(&found, "work/file").await, "started\n");
    let lost = order("lost", "missing-of-ours", &[]);
    bed.place(&lost).await;
    let look = bed.until(&lost, "degraded", |look| look.health == Health::Degraded).await;
    assert_eq!(look.reason, Reason::ProcessNotStarted);
    let sentence = format!("the program missing-of-ours is missing at {}", missing.display());
    assert!(look.message.contains(&sentence), "{}", look.message);
}

#[tokio::test]
async fn a_fixed_port_in_use_is_named() {
    let bed = Bed::new();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let order = with_process(&listener("fixed"), |it| it.port = port);
    bed.place(&order).await;
    let look = bed.until(&order, "degraded", |look| look.health == Health::Degraded).await;
    assert_eq!(look.reason.as_str(), "PortInUse");
    assert!(look.message.contains(&port.to_string()), "{}", look.message);
}

#[tokio::test]
async fn what_ignores_sigterm_or_leaves_the_session_ends_too() {
    let bed = Bed::new();
    let script = "trap '' TERM; setsid sh -c 'trap \"\" TERM HUP; echo $$ > far; while :; do sleep 1; done' & \
                  echo $$ > near; while :; do sleep 1; done";
    let order = shell("stubborn", script);
    bed.place(&order).await;
    let near = bed.read(&order, "work/near").await;
    let far = bed.read(&order, "work/far").await;
    assert!(alive(&near) && alive(&far));
    bed.gone(&order).await;
    assert!(!alive(&near) && !alive(&far));
}

#[tokio::test]
async fn a_claim_does_not_restart_what_runs() {
    let bed = Bed::new();
    let order = shell("warm", "echo $$ > pid; sleep 60");
    bed.place(&order).await;
    let pid = bed.read(&order, "work/pid").await;
    let edited = with_process(&order, |it| it.args[1] = "echo edited > pid".into());
    bed.place(&edited).await;
    let look = bed.engine.observe(&order.reference).await.unwrap();
    assert_eq!(look.placed, Some(bed.engine.draft(&edited).unwrap().digest()));
    assert!(alive(&pid));
}

#[tokio::test]
async fn closing_the_engine_ends_every_process() {
    let bed = Bed::new();
    let orders: Vec<Order> =
        ["a", "b", "c"].map(|name| shell(name, "echo $$ > pid; sleep 60")).into();
    for order in &orders {
        bed.place(order).await;
    }
    let mut pids = Vec::new();
    for order in &orders {
        pids.push(bed.read(order, "work/pid").await);
    }
    bed.engine.close().await;
    assert!(pids.iter().all(|pid| !alive(pid)));
}

#[tokio::test]
async fn after_a_restart_the_same_directory_and_port_are_used() {
    let bed = Bed::new();
    let order = listener("again");
    bed.place(&order).await;
    let before = bed.healthy(&order).await;
    fs::write(bed.environment(&order).join("work/notes"), "mine").unwrap();
    bed.engine.close().await;
    let bed = Bed::at(bed.dir);
    assert_eq!(bed.engine.observe(&order.reference).await.unwrap(), WorkloadState::absent());
    bed.place(&order).await;
    assert_eq!(bed.healthy(&order).await.engine_ref, before.engine_ref);
    assert_eq!(bed.read(&order, "work/notes").await, "mine");
}

/// The holder of the supervisor's standard input stands for the server.
#[tokio::test]
async fn no_process_survives_the_servers_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Command::new("sleep").arg("60").stdout(Stdio::piped()).spawn().unwrap();
    let pipe = server.stdout.take().unwrap();
    let mut supervisor = Command::new(SUPERVISOR)
        .args(["supervise", "output.log", "200", "/bin/sh", "-c"])
        .arg("setsid sleep 61 & echo $! > far; trap '' TERM; echo $$ > near; while :; do sleep 1; done")
        .current_dir(dir.path())
        .stdin(pipe)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let read = |file: &'static str| {
        let path = dir.path().join(file);
        eventually(file, move || {
            let text = fs::read_to_string(&path).ok().filter(|it| it.ends_with('\n'));
            async { text }
        })
    };
    let (near, far) = (read("near").await, read("far").await);
    server.kill().unwrap();
    server.wait().unwrap();
    dies(&near).await;
    dies(&far).await;
    assert!(supervisor.wait().unwrap().success());
}

#[tokio::test]
async fn what_was_killed_together_with_its_supervisor_is_ended_at_the_next_start() {
    let bed = Bed::new();
    let order = shell("left", "echo $PPID > supervisor; echo $$ > pid; sleep 60");
    bed.place(&order).await;
    let pid = bed.read(&order, "work/pid").await;
    let supervisor = bed.read(&order, "work/supervisor").await;
    assert!(Command::new("kill").args(["-9", supervisor.trim()]).status().unwrap().success());
    // Found at once by the keeper itself, and in any case by the next server.
    let next = ProcessEngine::start(settings(bed.dir.path())).unwrap();
    dies(&pid).await;
    drop(next);
}

#[test]
fn only_harmless_variables_are_inherited() {
    let variables =
        [("PATH", "/bin"), ("OIDC_CLIENT_SECRET", "x"), ("TERM", "xterm"), ("HOME", "/root")];
    let kept = Settings::inheritable(variables.map(|(name, value)| (name.into(), value.into())));
    let names: Vec<_> = kept.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["PATH", "TERM"]);
}

#[test]
fn an_order_without_a_process_cannot_be_drafted() {
    let dir = tempfile::tempdir().unwrap();
    let engine = ProcessEngine::start(settings(dir.path())).unwrap();
    let mut order = listener("none");
    Arc::make_mut(&mut order.revision).process = None;
    let _: &OperatorConfigSpec = &order.config;
    assert_eq!(engine.draft(&order).unwrap_err().to_string(), "the template has no spec.process");
}

#[tokio::test]
async fn a_process_is_listed_and_discarded_on_its_uid() {
    let bed = Bed::new();
    let order = listener("listed");
    bed.place(&order).await;
    bed.healthy(&order).await;
    let listed = || async { bed.engine.list("", &OperatorConfigSpec::default()).await.unwrap() };
    let found = listed().await.remove(0);
    assert_eq!(found.instance.as_deref(), Some("listed-0123abcd"));
    bed.engine.discard(&Placed { uid: "another".into(), ..found.clone() }).await.unwrap();
    assert_eq!(listed().await, std::slice::from_ref(&found));
    eventually("discarded", || async {
        bed.engine.discard(&found).await.unwrap();
        listed().await.is_empty().then_some(())
    })
    .await;
    assert!(!bed.environment(&order).exists());
}
