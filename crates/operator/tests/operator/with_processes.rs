//! The whole operator with engine `process`.

use std::{sync::Arc, time::Duration};

use engines::{
    Engines,
    process::{ProcessEngine, Settings},
};
use kube::Api;
use resources::{DployInstance, DployInstanceSpec, DployTemplate, EngineName, Health, ProcessSpec};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::bed::{Bed, Operator, phase, reason, template};

const LISTENER: &str = r#"
my $l = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ENV{PORT}, Listen => 5, ReuseAddr => 1) or die $!;
while (my $c = $l->accept) { close $c; }
"#;

fn operate(bed: &Bed, dir: &TempDir) -> Operator {
    let settings = Settings {
        inherited: vec![("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into())],
        grace: Duration::from_millis(300),
        ..Settings::new(dir.path().into(), env!("CARGO_BIN_EXE_operator-supervise").into())
    };
    let engine = Arc::new(ProcessEngine::start(settings).unwrap());
    bed.operate_with("dev", Engines::default().with(EngineName::Process, engine))
}

fn process(command: &str, args: &[&str]) -> DployTemplate {
    let mut template = template("lab");
    template.spec.chart = None;
    template.spec.process = Some(ProcessSpec {
        command: command.into(),
        args: args.iter().map(ToString::to_string).collect(),
        ..ProcessSpec::default()
    });
    template
}

async fn launch(bed: &Bed) {
    let spec = DployInstanceSpec { template_ref: "lab".into(), ..DployInstanceSpec::default() };
    bed.create(&DployInstance::new("mine", spec)).await;
}

#[tokio::test]
async fn a_process_is_ready_soon_survives_a_restart_and_goes() {
    let (bed, dir) = (Bed::new().await, tempfile::tempdir().unwrap());
    let operator = operate(&bed, &dir);
    bed.create(&process("perl", &["-MIO::Socket::INET", "-e", LISTENER])).await;
    let began = Instant::now();
    launch(&bed).await;
    let first = bed.ready("mine").await.status.unwrap();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    operator.stop().await;
    let _operator = operate(&bed, &dir);
    let address: std::net::SocketAddr = first.engine_ref.clone().unwrap().parse().unwrap();
    crate::support::eventually("it listens again", || async {
        tokio::net::TcpStream::connect(address).await.ok()
    })
    .await;
    let again = bed.until("mine", "healthy", |it| reason(it) == "Healthy").await;
    assert_eq!(again.status.unwrap().engine_ref, first.engine_ref);
    bed.delete("mine").await;
    bed.gone("mine").await;
    assert!(!dir.path().join("environments/mine").exists());
}

#[tokio::test]
async fn a_process_that_cannot_start_says_why() {
    let (bed, dir) = (Bed::new().await, tempfile::tempdir().unwrap());
    let _operator = operate(&bed, &dir);
    bed.create(&process("no-such-program", &[])).await;
    launch(&bed).await;
    let failed = bed.until("mine", "failed", |it| reason(it) == "ProcessNotStarted").await;
    assert_eq!(failed.status.as_ref().unwrap().health, Some(Health::Degraded));
    assert_eq!(phase(&failed), Some(resources::Phase::Failed));
    let _: Api<DployInstance> = bed.api();
    bed.delete("mine").await;
    bed.gone("mine").await;
}
