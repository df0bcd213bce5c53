//! The page's directory in the origin's private file system (WHATWG File System).
//!
//! Invariant: every page has a directory of its own and holds a lock of the same name (W3C Web Locks) as long as it lives;
//! what no page holds is a leftover and cleared away.

use std::cell::Cell;
use std::rc::Rc;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Window;

use crate::client::browser::js;
use crate::client::browser::promise::{ask, option};

/// The names of all pages' directories begin with this.
const PREFIX: &str = "visavis-received-";

/// The directory of this page. Cheap to clone.
#[derive(Clone)]
pub(super) struct PrivateDirectory(Rc<SharedDirectory>);

/// All clones share this.
struct SharedDirectory {
    /// This is `StorageManager`; it is `undefined` without one.
    storage: JsValue,
    /// This is `LockManager`; it is `undefined` without one.
    locks: JsValue,
    /// The directory of this page has this name, in which a number drawn by lot tells it from others.
    name: String,
    /// So many files were created; each is named by its number.
    files: Cell<u32>,
    /// The lock tells other pages that the directory is in use; `None` before the first file.
    lock: Cell<Option<Lock>>,
}

/// Holds the page's name until dropped.
struct Lock {
    /// Calling this lets go of the lock.
    release: Function,
    /// The browser calls this when it grants the lock, so it is kept as long as that.
    _callback: Closure<dyn FnMut() -> Promise>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        drop(self.release.call0(&JsValue::UNDEFINED));
    }
}

impl PrivateDirectory {
    /// Nothing is created before [`Self::create`].
    pub(super) fn new(window: &Window) -> Self {
        let navigator = window.navigator();
        let number = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
        Self(Rc::new(SharedDirectory {
            storage: js::property(&navigator, "storage").unwrap_or_default(),
            locks: js::property(&navigator, "locks").unwrap_or_default(),
            name: PREFIX.to_owned() + &number.to_string(),
            files: Cell::new(0),
            lock: Cell::new(None),
        }))
    }

    /// Creates a file: its handle and its name. `None` when there are no private files.
    pub(super) async fn create(&self) -> Option<(JsValue, String)> {
        self.lock();
        let directory = self.directory().await?;
        self.0.files.set(self.0.files.get() + 1);
        let name = self.0.files.get().to_string();
        let creating = [JsValue::from(&name), option("create", &JsValue::TRUE)];
        let handle = ask(&directory, "getFileHandle", &creating).await.ok()?;
        Some((handle, name))
    }

    /// Removes a file.
    pub(super) async fn remove(&self, name: &str) {
        if let Some(directory) = self.directory().await {
            drop(ask(&directory, "removeEntry", &[name.into()]).await);
        }
    }

    /// The space that is left to the origin, in bytes, if the browser tells.
    pub(super) async fn space(&self) -> Option<f64> {
        let estimate = ask(&self.0.storage, "estimate", &[]).await.ok()?;
        let quota = js::property(&estimate, "quota")?.as_f64()?;
        let usage = js::property(&estimate, "usage")?.as_f64()?;
        Some(quota - usage)
    }

    /// Clears away what pages left behind that are gone.
    pub(super) fn clear_leftovers(&self) -> LocalBoxFuture<'static, ()> {
        let this = self.clone();
        async move {
            drop(this.try_clear().await);
        }
        .boxed_local()
    }

    async fn try_clear(&self) -> Result<(), JsValue> {
        let root = ask(&self.0.storage, "getDirectory", &[]).await?;
        let Some(keys) = js::call(&root, "keys", &JsValue::UNDEFINED) else {
            return Ok(());
        };
        let mut names = Vec::new();
        while let Some(name) = js::property(&ask(&keys, "next", &[]).await?, "value") {
            names.extend(name.as_string().filter(|name| name.starts_with(PREFIX)));
        }
        if names.is_empty() {
            return Ok(());
        }
        let locks = ask(&self.0.locks, "query", &[]).await?;
        let held = js_sys::JSON::stringify(&locks)?;
        for name in names {
            if name != self.0.name && !held.includes(&name, 0) {
                let everything = option("recursive", &JsValue::TRUE);
                drop(ask(&root, "removeEntry", &[name.into(), everything]).await);
            }
        }
        Ok(())
    }

    async fn directory(&self) -> Option<JsValue> {
        let root = ask(&self.0.storage, "getDirectory", &[]).await.ok()?;
        let creating = [
            JsValue::from(&self.0.name),
            option("create", &JsValue::TRUE),
        ];
        ask(&root, "getDirectoryHandle", &creating).await.ok()
    }

    /// Takes the lock, unless it is taken. A browser without locks does without; its leftovers stay.
    fn lock(&self) {
        if let Some(lock) = self.0.lock.take() {
            self.0.lock.set(Some(lock));
            return;
        }
        let mut release = None;
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        let callback = Closure::<dyn FnMut() -> Promise>::new(move || Clone::clone(&held));
        let request = Reflect::get(&self.0.locks, &"request".into())
            .ok()
            .and_then(|request| request.dyn_into::<Function>().ok());
        if let (Some(request), Some(release)) = (request, release) {
            let arguments: Array = [JsValue::from(&self.0.name), Clone::clone(callback.as_ref())]
                .iter()
                .collect();
            if request.apply(&self.0.locks, &arguments).is_ok() {
                self.0.lock.set(Some(Lock {
                    release,
                    _callback: callback,
                }));
            }
        }
    }
}
