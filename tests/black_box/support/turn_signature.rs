//! Requests to a relay, signed with a long-term credential (RFC 8489 section 9.2).

use stun_types::attribute::{AttributeWrite, Nonce, Realm, Username};
use stun_types::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageWrite, MessageWriteExt,
    MessageWriteVec, Method, TransactionId,
};

/// What a request says of who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TurnSignature<'a> {
    pub(crate) username: &'a str,
    pub(crate) password: &'a str,
    pub(crate) realm: &'a str,
    pub(crate) nonce: &'a str,
}

impl TurnSignature<'_> {
    /// A signed request with these attributes.
    pub(crate) fn request(
        self,
        method: Method,
        attributes: impl FnOnce(TransactionId) -> Vec<Box<dyn AttributeWrite>>,
    ) -> Vec<u8> {
        let mut message = Message::builder_request(method, MessageWriteVec::new());
        for attribute in attributes(message.transaction_id()) {
            message.add_attribute(&*attribute).unwrap();
        }
        let username = Username::new(self.username).unwrap();
        message.add_attribute(&username).unwrap();
        let realm = Realm::new(self.realm).unwrap();
        message.add_attribute(&realm).unwrap();
        let nonce = Nonce::new(self.nonce).unwrap();
        message.add_attribute(&nonce).unwrap();
        let [name, password, realm] = [self.username, self.password, self.realm].map(str::to_owned);
        let key = LongTermKeyCredentials::new(name, password, realm);
        message
            .add_message_integrity(&key.into(), IntegrityAlgorithm::Sha1)
            .unwrap();
        message.finish()
    }
}
