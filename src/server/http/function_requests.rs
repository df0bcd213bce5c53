//! Requests for server functions: each is read whole before anything is called, and answered with the status it deserves.
//!
//! The library that calls the functions would lead a plain form back to the page its `Referer` names, and would answer every
//! error with 500. Invariant: it learns neither of a `Referer` nor that a page is wanted, so nobody is led anywhere but by a
//! function itself; and what the asker did wrong is answered with 4xx.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, Request, State};
use axum::http::header::{ACCEPT, REFERER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use leptos::prelude::{ServerFnError, provide_context};
use leptos::server_fn::error::{FromServerFnError, SERVER_FN_ERROR_HEADER};

use super::state::ServerState;
use crate::server::net::proxy::AcceptedFrom;

/// An error that a function answers has at most so many bytes.
const ERROR_BYTES: usize = 16 * 1024;

/// Who asks. Stands in the extensions of a function's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    /// A script or a program reads the answer.
    Program,
    /// A browser shows the answer as a page: a plain form asks.
    PlainForm,
}

/// Calls the function that the path names.
pub(super) async fn call(
    State(server): State<Arc<ServerState>>,
    Extension(arrival): Extension<AcceptedFrom>,
    mut parts: Parts,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if server.origins.public.are_named() {
        let client = server.proxies.client(arrival, &parts.headers);
        if !server.origins.allows_hidden(&parts.headers, client.scheme) {
            return (
                StatusCode::FORBIDDEN,
                "Pages of this origin may not ask this.",
            )
                .into_response();
        }
    }
    let body = match body {
        Ok(body) => body,
        Err(refused) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return (refused.status(), "The body is too large.").into_response();
        }
        Err(_) => {
            return (StatusCode::BAD_REQUEST, "The body could not be read.").into_response();
        }
    };
    let asker = if wants_page(&parts.headers) {
        Asker::PlainForm
    } else {
        Asker::Program
    };
    parts.headers.remove(ACCEPT);
    parts.headers.remove(REFERER);
    parts.extensions.insert(asker);
    let context = move || provide_context(Arc::clone(&server));
    let request = Request::from_parts(parts, Body::from(body));
    let called = leptos_axum::handle_server_fns_with_context(context, request);
    with_deserved_status(called.await.into_response()).await
}

/// Says whether somebody waits for a page, who sent a plain form; programs ask for data.
pub(super) fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Says 400 instead of 500 where the arguments were not understood.
async fn with_deserved_status(response: Response) -> Response {
    let is_error = response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !is_error {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, ERROR_BYTES).await.unwrap_or_default();
    if blames_the_asker(&ServerFnError::de(body.clone())) {
        parts.status = StatusCode::BAD_REQUEST;
    }
    Response::from_parts(parts, Body::from(body))
}

fn blames_the_asker(error: &ServerFnError) -> bool {
    matches!(
        error,
        ServerFnError::Args(_) | ServerFnError::MissingArg(_) | ServerFnError::Deserialization(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(error: &ServerFnError) -> Response {
        Response::builder()
            .status(StatusCode::INTERNAL_SERVER_ERROR)
            .header(SERVER_FN_ERROR_HEADER, "/api/function")
            .body(Body::from(error.ser()))
            .unwrap()
    }

    #[tokio::test]
    async fn only_what_the_asker_did_wrong_is_told_as_such_and_the_words_stay() {
        for (error, status) in [
            (ServerFnError::Args("a".to_owned()), StatusCode::BAD_REQUEST),
            (
                ServerFnError::MissingArg("a".to_owned()),
                StatusCode::BAD_REQUEST,
            ),
            (
                ServerFnError::Deserialization("a".to_owned()),
                StatusCode::BAD_REQUEST,
            ),
            (
                ServerFnError::ServerError("a".to_owned()),
                StatusCode::INTERNAL_SERVER_ERROR,
            ),
        ] {
            let response = with_deserved_status(answered(&error)).await;
            assert_eq!(response.status(), status, "{error:?}");
            let body = to_bytes(response.into_body(), ERROR_BYTES).await.unwrap();
            assert_eq!(ServerFnError::de(body), error);
        }
    }

    #[tokio::test]
    async fn another_failure_stays_what_it_is() {
        let failure = (StatusCode::INTERNAL_SERVER_ERROR, "Args|a").into_response();
        let response = with_deserved_status(failure).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
