//! What every request and every response has in common, whatever is asked for.
//!
//! Invariant: a request ends within [`REQUEST_DEADLINE`] and with no more than [`BODY_BYTES`] read of it; what answers it has
//! the security headers and a number of its own, also when its handler panicked. The log names requests by that number;
//! their paths, which are names of rooms, appear at debug and below only.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, StatusCode};
use axum::middleware::map_request;
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::classify::ServerErrorsFailureClass;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{
    MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use tracing::Span;

use super::headers;

/// A request, its body included, may take this long. A WebSocket is a request only until it is upgraded.
const REQUEST_DEADLINE: Duration = Duration::from_secs(15);

/// A request's body has at most this many bytes; no form is larger.
const BODY_BYTES: usize = 16 * 1024;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the layers around whatever a router serves.
pub(super) fn guarded(router: Router) -> Router {
    let bounded = router.layer((
        CatchPanicLayer::custom(after_panic),
        RequestBodyLimitLayer::new(BODY_BYTES),
        TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_DEADLINE),
    ));
    headers::secure(bounded).layer((
        map_request(without_foreign_id),
        SetRequestIdLayer::new(X_REQUEST_ID, MakeRequestUuid),
        PropagateRequestIdLayer::new(X_REQUEST_ID),
        TraceLayer::new_for_http()
            .make_span_with(span)
            .on_request(asked)
            .on_response(answered)
            .on_failure(failed)
            .on_body_chunk(())
            .on_eos(()),
    ))
}

/// What strangers send as a number of their request goes no further.
async fn without_foreign_id(mut request: Request) -> Request {
    request.headers_mut().remove(X_REQUEST_ID);
    request
}

fn span(request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok());
    tracing::info_span!("request", id, method = %request.method())
}

fn asked(request: &Request, _: &Span) {
    tracing::debug!(path = request.uri().path(), "asked");
}

fn answered(response: &Response, latency: Duration, _: &Span) {
    tracing::debug!(status = response.status().as_u16(), ?latency, "answered");
}

/// That the server has no room is no failure of its own, and would fill the log when it is flooded.
fn failed(failure: ServerErrorsFailureClass, latency: Duration, _: &Span) {
    match failure {
        ServerErrorsFailureClass::StatusCode(StatusCode::SERVICE_UNAVAILABLE) => {}
        failure => tracing::warn!(%failure, ?latency, "a request failed"),
    }
}

/// Where it panicked is on standard error already.
fn after_panic(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("the handler of a request panicked");
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something went wrong in this server. Its operator finds the number of this response in the log.",
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
    use axum::routing::{get, post};
    use hyper::service::Service;
    use hyper_util::service::TowerToHyperService;

    use super::*;

    async fn panics() -> &'static str {
        panic!("as it should")
    }

    async fn answer(request: Request) -> Response {
        let router = Router::new()
            .route("/panic", get(panics))
            .route("/never", get(std::future::pending::<()>))
            .route("/body", post(async |body: String| body));
        let router = TowerToHyperService::new(guarded(router));
        router.call(request).await.unwrap()
    }

    fn request(method: &str, path: &str, body: Body) -> Request {
        let request = Request::builder().method(method).uri(path);
        request.body(body).unwrap()
    }

    fn assert_is_guarded(response: &Response) {
        let headers = response.headers();
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(headers.contains_key(CONTENT_SECURITY_POLICY));
        assert_eq!(headers[X_REQUEST_ID].len(), 36);
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_with_every_header() {
        let response = answer(request("GET", "/panic", Body::empty())).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(
            response.headers()[CONTENT_TYPE],
            "text/plain; charset=utf-8"
        );
        assert_is_guarded(&response);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_takes_too_long_is_answered_all_the_same() {
        let response = answer(request("GET", "/never", Body::empty())).await;
        assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
        assert_is_guarded(&response);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_comes_takes_too_long() {
        let never = futures::stream::pending::<Result<String, std::io::Error>>();
        let response = answer(request("POST", "/body", Body::from_stream(never))).await;
        assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
        assert_is_guarded(&response);
    }

    #[tokio::test]
    async fn a_body_has_a_largest_size_whether_it_says_so_or_not() {
        let (fits, too_large) = ("x".repeat(BODY_BYTES), "x".repeat(BODY_BYTES + 1));
        let response = answer(request("POST", "/body", fits.into())).await;
        assert_eq!(response.status(), StatusCode::OK);
        let said = answer(request("POST", "/body", too_large.clone().into())).await;
        let pieces = futures::stream::iter([Ok::<_, std::io::Error>(too_large)]);
        let unsaid = answer(request("POST", "/body", Body::from_stream(pieces))).await;
        for response in [said, unsaid] {
            assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
            assert_is_guarded(&response);
        }
    }
}
