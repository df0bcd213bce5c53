use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use str0m::change::SdpOffer;
use str0m::config::KeyingMaterial;
use str0m::format::Codec;
use str0m::media::{Direction, KeyframeRequestKind, MediaKind};
use str0m::net::{Protocol, Receive};
use str0m::rtp::rtcp::Rtcp;
use str0m::rtp::{RawPacket, RtpPacket};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

use super::super::sealer::SealError;
use super::*;
use crate::server::sfu::rtcp::{Report, SenderReport, reports, write_sender_report};

/// The stream that is sent to the client.
const SSRC: u32 = 0x1234_5678;

/// Makes handshakes that are said to have chosen a profile: the keys are the first ones of those that were exchanged.
#[derive(Debug)]
struct Choosing {
    profile: SrtpProfile,
    is_exporting: bool,
}

/// The three profiles, without and with an export.
static CHOOSING: [[Choosing; 2]; 3] = [
    choosing(SrtpProfile::AES128_CM_SHA1_80),
    choosing(SrtpProfile::AEAD_AES_128_GCM),
    choosing(SrtpProfile::AEAD_AES_256_GCM),
];

const fn choosing(profile: SrtpProfile) -> [Choosing; 2] {
    let plain = Choosing {
        profile,
        is_exporting: false,
    };
    let exporting = Choosing {
        profile,
        is_exporting: true,
    };
    [plain, exporting]
}

#[derive(Debug)]
struct Chosen {
    inner: Box<dyn DtlsInstance>,
    profile: SrtpProfile,
}

impl DtlsProvider for Choosing {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        Exporting.generate_certificate()
    }

    fn new_dtls(
        &self,
        certificate: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let library = from_feature_flags().dtls_provider;
        let inner = library.new_dtls(certificate, now, version, mtu)?;
        let profile = self.profile;
        let chosen = Box::new(Chosen { inner, profile });
        Ok(match self.is_exporting {
            true => exporting(chosen),
            false => chosen,
        })
    }
}

impl DtlsInstance for Chosen {
    fn set_active(&mut self, active: bool) {
        self.inner.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.inner.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buffer: &'a mut [u8]) -> DtlsOutput<'a> {
        match self.inner.poll_output(buffer) {
            DtlsOutput::KeyingMaterial(exported, _) => {
                let exported = &exported[..self.profile.keying_material_len()];
                DtlsOutput::KeyingMaterial(KeyingMaterial::new(exported), self.profile)
            }
            other => other,
        }
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.inner.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.inner.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.inner.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.inner.protocol_version()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.inner.close()
    }
}

/// A provider with these handshakes.
fn provider(handshakes: &'static dyn DtlsProvider) -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider {
        dtls_provider: handshakes,
        ..from_feature_flags()
    })
}

fn connection(provider: Arc<CryptoProvider>, is_lite: bool, now: Instant) -> Rtc {
    RtcConfig::new()
        .set_crypto_provider(provider)
        .clear_codecs()
        .enable_vp8(true)
        .set_rtp_mode(true)
        .set_ice_lite(is_lite)
        .set_stats_interval(None)
        .enable_raw_packets(true)
        .build(now)
}

/// A server and a client of the library's, with nothing between them.
struct Call {
    server: Rtc,
    client: Rtc,
    now: Instant,
    /// Reports as the client sealed them.
    sealed_reports: Vec<Vec<u8>>,
    /// Packets that the client received.
    received: Vec<RtpPacket>,
    /// Reports that the client received.
    told: Vec<Rtcp>,
    is_connected: [bool; 2],
}

fn address(is_server: bool) -> SocketAddr {
    let last = u8::from(is_server) + 1;
    SocketAddr::from(([192, 0, 2, last], 5_000))
}

impl Call {
    /// Lets the two connect.
    fn connected(server: Rtc, client: Rtc, now: Instant) -> Self {
        let (mut server, mut client) = (server, client);
        for (is_server, side) in [(true, &mut server), (false, &mut client)] {
            let candidate = Candidate::host(address(is_server), Protocol::Udp).unwrap();
            side.add_local_candidate(candidate).unwrap();
        }
        let mut changes = client.sdp_api();
        let mid = changes.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
        let (offer, pending) = changes.apply().unwrap();
        let offer = SdpOffer::from_sdp_string(&offer.to_sdp_string()).unwrap();
        let answer = server.sdp_api().accept_offer(offer).unwrap();
        client.sdp_api().accept_answer(pending, answer).unwrap();
        let mut library = client.direct_api();
        library.expect_stream_rx(SSRC.into(), None, mid, None);
        let mut call = Self {
            server,
            client,
            now,
            sealed_reports: Vec::new(),
            received: Vec::new(),
            told: Vec::new(),
            is_connected: [false; 2],
        };
        for _ in 0..300 {
            if call.is_connected != [true; 2] {
                call.pass();
            }
        }
        assert_eq!(call.is_connected, [true; 2]);
        call
    }

    /// Lets 10 ms pass.
    fn pass(&mut self) {
        self.now += Duration::from_millis(10);
        for is_server in [false, true, false, true] {
            let now = self.now;
            self.side(is_server)
                .handle_input(Input::Timeout(now))
                .unwrap();
            self.drain(is_server);
        }
    }

    fn side(&mut self, is_server: bool) -> &mut Rtc {
        match is_server {
            true => &mut self.server,
            false => &mut self.client,
        }
    }

    fn drain(&mut self, is_server: bool) {
        loop {
            match self.side(is_server).poll_output().unwrap() {
                Output::Timeout(_) => return,
                Output::Transmit(packet) => self.carry(is_server, &packet.contents),
                Output::Event(Event::Connected) => {
                    self.is_connected[usize::from(is_server)] = true;
                }
                Output::Event(Event::RtpPacket(packet)) => self.received.push(packet),
                Output::Event(Event::RawPacket(packet)) => match *packet {
                    RawPacket::RtcpRx(report) if !is_server => self.told.push(report),
                    _ => {}
                },
                Output::Event(_) => {}
            }
        }
    }

    /// Brings a datagram to the other side.
    fn carry(&mut self, is_from_server: bool, datagram: &[u8]) {
        let is_report = matches!(datagram, [128..=191, 192..=223, ..]);
        if is_report && !is_from_server {
            self.sealed_reports.push(datagram.to_vec());
        }
        let (from, to) = (address(is_from_server), address(!is_from_server));
        let receive = Receive::new(Protocol::Udp, from, to, datagram).unwrap();
        let now = self.now;
        self.side(!is_from_server)
            .handle_input(Input::Receive(now, receive))
            .unwrap();
    }

    /// A packet as the server would send it: with the transport-wide number 7 above the sequence number.
    fn packet(&self, index: u64, payload: &[u8]) -> Vec<u8> {
        let formats = self.client.codec_config().params();
        let format = formats.iter().find(|it| it.spec().codec == Codec::Vp8);
        let [.., high, low] = index.to_be_bytes();
        let mut packet = vec![0x90, *format.unwrap().pt(), high, low, 0, 0, 0, 9];
        packet.extend_from_slice(&SSRC.to_be_bytes());
        packet.extend_from_slice(&[0xbe, 0xde, 0, 1, 0x31]);
        let [.., high, low] = (index + 7).to_be_bytes();
        packet.extend_from_slice(&[high, low, 0]);
        packet.extend_from_slice(payload);
        packet
    }
}

/// The length of the header of [`Call::packet`].
const HEADER: usize = 20;

/// Calls with each profile and the keys of the server's side; the last one is with the provider as it is.
fn calls() -> impl Iterator<Item = (Call, KeyExport)> {
    let now = Instant::now();
    let chosen = CHOOSING.iter().map(move |[plain, exporting]| {
        let (server, export) = with_exported_keys(|_| connection(provider(exporting), true, now));
        let client = connection(provider(plain), false, now);
        (Call::connected(server, client, now), export)
    });
    let as_it_is = std::iter::once_with(move || {
        let (server, export) = with_exported_keys(|provider| connection(provider, true, now));
        let client = connection(Arc::new(from_feature_flags()), false, now);
        (Call::connected(server, client, now), export)
    });
    chosen.chain(as_it_is)
}

#[test]
fn what_is_sealed_reaches_a_receiver_that_is_not_ours() {
    for (mut call, export) in calls() {
        let (mut sealer, _) = export.take().unwrap();
        // The fourth packet has rolled over.
        let indices = [65_533_u64, 65_534, 65_535, 65_536];
        for index in indices {
            let [.., last] = index.to_be_bytes();
            let mut packet = call.packet(index, &vec![last; 1_000 + usize::from(last)]);
            sealer.seal_rtp(&mut packet, HEADER, SSRC, index).unwrap();
            call.carry(true, &packet);
            call.pass();
        }
        let received = call.received.iter().map(|it| {
            let length = it.payload.len() - 1_000;
            assert!(it.payload.iter().all(|byte| usize::from(*byte) == length));
            assert_eq!(*it.header.ssrc, SSRC);
            (*it.seq_no & 0xffff, length)
        });
        let sent = indices.map(|index| (index & 0xffff, usize::from(index.to_be_bytes()[7])));
        assert_eq!(received.collect::<Vec<_>>(), sent);
    }
}

#[test]
fn a_report_that_is_sealed_reaches_a_receiver_that_is_not_ours() {
    for (mut call, export) in calls() {
        let (mut sealer, _) = export.take().unwrap();
        for packets in [3, 4] {
            let report = SenderReport {
                ssrc: SSRC,
                ntp: 0x1234_5678_9abc_def0,
                rtp: 90_000,
                packets,
                bytes: 4_000,
            };
            let mut compound = Vec::new();
            write_sender_report(&report, "person", &mut compound);
            sealer.seal_rtcp(&mut compound).unwrap();
            call.carry(true, &compound);
            call.pass();
        }
        let counts = call.told.iter().filter_map(|it| match it {
            Rtcp::SenderReport(told) if *told.sender_info.ssrc == SSRC => {
                let told = &told.sender_info;
                assert_eq!(told.rtp_time.numer(), 90_000);
                assert_eq!(told.sender_octet_count, 4_000);
                Some(told.sender_packet_count)
            }
            _ => None,
        });
        assert_eq!(counts.collect::<Vec<_>>(), [3, 4]);
        let names = call.told.iter().filter_map(|it| match it {
            Rtcp::SourceDescription(told) => told.reports.iter().find(|it| *it.ssrc == SSRC),
            _ => None,
        });
        let names: Vec<_> = names.map(|it| it.values[0].1.as_str()).collect();
        assert_eq!(names, ["person", "person"]);
    }
}

#[test]
fn the_reports_of_a_sender_that_is_not_ours_are_opened_and_read() {
    for (mut call, export) in calls() {
        let (mut sealer, mut opener) = export.take().unwrap();
        for index in [100, 101, 103] {
            let mut packet = call.packet(index, &[0x10, 0, 0]);
            sealer.seal_rtp(&mut packet, HEADER, SSRC, index).unwrap();
            call.carry(true, &packet);
            call.pass();
        }
        for kind in [KeyframeRequestKind::Pli, KeyframeRequestKind::Fir] {
            let mut library = call.client.direct_api();
            let stream = library.stream_rx(&SSRC.into()).unwrap();
            stream.request_keyframe(kind);
            for _ in 0..200 {
                call.pass();
            }
        }
        let (mut missing, mut came, mut lost, mut requests) = (vec![], vec![], vec![], 0);
        let mut plain = Vec::new();
        for sealed in &call.sealed_reports {
            assert!(opener.open_rtcp(sealed, &mut plain));
            for report in reports(&plain) {
                match report {
                    Report::Missing { ssrc, numbers } => {
                        assert_eq!(ssrc, SSRC);
                        missing.extend(numbers);
                    }
                    Report::Transport(feedback) => came.extend(feedback.packets()),
                    Report::Reception { ssrc, lost: share } if ssrc == SSRC => lost.push(share),
                    Report::Reception { .. } => {}
                    Report::PictureLost { ssrc } => {
                        assert_eq!(ssrc, SSRC);
                        requests += 1;
                    }
                }
            }
        }
        assert!(!missing.is_empty() && missing.iter().all(|it| *it == 102));
        let of = |number| {
            came.iter()
                .find_map(|it: &(u16, Option<i64>)| (it.0 == number).then_some(it.1))
        };
        assert!(of(107).flatten().is_some() && of(108).flatten().is_some());
        assert_eq!(of(109), Some(None));
        assert!(of(110).flatten().is_some());
        assert!(!lost.is_empty());
        assert_eq!(requests, 2);
    }
}

#[test]
fn the_keys_of_the_two_sides_fit_crosswise_only() {
    let now = Instant::now();
    let (server, of_server) = with_exported_keys(|provider| connection(provider, true, now));
    let (client, of_client) = with_exported_keys(|provider| connection(provider, false, now));
    Call::connected(server, client, now);
    let (mut server, mut server_opens) = of_server.take().unwrap();
    let (mut client, mut client_opens) = of_client.take().unwrap();
    let report = [0x80, 201, 0, 1, 0, 0, 0, 7];
    let seal = |sealer: &mut Sealer| -> Result<Vec<u8>, SealError> {
        let mut packet = report.to_vec();
        sealer.seal_rtcp(&mut packet).map(|()| packet)
    };
    let (from_server, from_client) = (seal(&mut server).unwrap(), seal(&mut client).unwrap());
    let mut plain = Vec::new();
    assert!(client_opens.open_rtcp(&from_server, &mut plain) && plain == report);
    assert!(server_opens.open_rtcp(&from_client, &mut plain) && plain == report);
    assert!(!client_opens.open_rtcp(&from_client, &mut plain));
    assert!(!server_opens.open_rtcp(&from_server, &mut plain));
}

#[test]
fn keys_are_taken_once_and_not_before_there_are_any() {
    let now = Instant::now();
    let (server, export) = with_exported_keys(|provider| connection(provider, true, now));
    assert!(export.take().is_none());
    let client = connection(Arc::new(from_feature_flags()), false, now);
    Call::connected(server, client, now);
    assert!(export.take().is_some());
    assert!(export.take().is_none());
}

/// Says whether a place for keys is handed over.
fn is_handed_over() -> bool {
    let place = HANDED.take();
    let is_there = place.is_some();
    HANDED.set(place);
    is_there
}

#[test]
fn a_place_for_keys_is_handed_over_to_one_handshake_and_to_none_outside() {
    let now = Instant::now();
    with_exported_keys(|provider| {
        assert!(is_handed_over());
        connection(provider.clone(), true, now);
        assert!(!is_handed_over());
        connection(provider, true, now);
    });
    with_exported_keys(|_| ());
    assert!(!is_handed_over());
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        with_exported_keys(|_| panic!("while it is built"));
    }));
    assert!(panicked.is_err());
    assert!(!is_handed_over());
}

#[test]
fn connections_that_are_built_within_one_another_have_their_own_keys() {
    let now = Instant::now();
    let ((server, client), of_server) = with_exported_keys(|outer| {
        let (client, of_client) = with_exported_keys(|inner| connection(inner, false, now));
        (connection(outer, true, now), (client, of_client))
    });
    let (client, of_client) = client;
    Call::connected(server, client, now);
    assert!(of_server.take().is_some());
    assert!(of_client.take().is_some());
}

#[test]
fn keys_of_a_wrong_length_are_none() {
    for length in [0, 59, 61] {
        let exported = vec![1; length];
        assert!(keys(&exported, SrtpProfile::AES128_CM_SHA1_80, true).is_none());
    }
}

#[test]
fn no_key_is_printed() {
    let (_, export) = with_exported_keys(|_| ());
    export
        .place
        .keep(&[1; 60], SrtpProfile::AES128_CM_SHA1_80, true);
    assert_eq!(format!("{export:?}"), "KeyExport { .. }");
    let handshake = Handshake {
        inner: Box::new(Chosen {
            inner: exporting_nothing(),
            profile: SrtpProfile::AEAD_AES_256_GCM,
        }),
        place: export.place.clone(),
    };
    assert_eq!(format!("{handshake:?}"), "Handshake { .. }");
    let keys = export.take().unwrap();
    assert_eq!(format!("{keys:?}"), "(Sealer { .. }, Opener { .. })");
}

/// A handshake that no place is handed over to.
fn exporting_nothing() -> Box<dyn DtlsInstance> {
    let certificate = Exporting.generate_certificate().unwrap();
    let made = Exporting.new_dtls(&certificate, Instant::now(), DtlsVersion::Dtls12, None);
    made.unwrap()
}
