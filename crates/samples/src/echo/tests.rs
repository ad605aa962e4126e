use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

use super::answer_all;

#[tokio::test]
async fn every_line_comes_back_and_stopping_closes_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let server = tokio::spawn(answer_all(listener, stop.clone()));

    let mut client = BufReader::new(TcpStream::connect(address).await.unwrap());
    for sent in ["hello\n", "grüße, 世界\n", "\n"] {
        client.get_mut().write_all(sent.as_bytes()).await.unwrap();
        let mut received = String::new();
        client.read_line(&mut received).await.unwrap();
        assert_eq!(received, sent);
    }

    stop.cancel();
    server.await.unwrap();
    assert_eq!(client.read_u8().await.unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
}
