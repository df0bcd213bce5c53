use super::super::master_key::tests::hex;
use super::*;

/// RFC 7714 §16 and §17: the salt of all packets, and the packets.
const SALT: &str = "51756964 2070726f 2071756f";
const RTP: &str = "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976
    69736120 696e2070 61727465 73207472 6573";
const RTCP: &str = "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61
    deadbeef deadbeef deadbeef deadbeef deadbeef";
const INDEX: u32 = 0x0000_05d4;

/// What becomes of the packets with a key.
struct Vector {
    algorithm: &'static Algorithm,
    key: &'static str,
    /// §16.1.1, §16.2.1.
    rtp: &'static str,
    /// §17.1, §17.2.
    encrypted: &'static str,
    /// §17.3, §17.4.
    authentic: &'static str,
}

const VECTORS: [Vector; 2] = [
    Vector {
        algorithm: &AES_128_GCM,
        key: "00010203 04050607 08090a0b 0c0d0e0f",
        rtp: "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5
            0d294e6f 42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce",
        encrypted: "81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d
            c676a5f1 730d6fda 4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade
            800005d4",
        authentic: "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61
            deadbeef deadbeef deadbeef deadbeef deadbeef 841dd968 3dd78ec9 2ae58790 125f62b3
            000005d4",
    },
    Vector {
        algorithm: &AES_256_GCM,
        key: "00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617 18191a1b 1c1d1e1f",
        rtp: "8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238
            9a58e2f3 b50b2a02 76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13",
        encrypted: "81c8000d 4d617273 d50ae4d1 f5ce5d30 4ba297e4 7d470c28 2c3ece5d bffe0a50
            a2eaa5c1 110555be 8415f658 c61de047 6f1b6fad 1d1eb30c 4446839f 57ff6f6c b26ac3be
            800005d4",
        authentic: "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61
            deadbeef deadbeef deadbeef deadbeef deadbeef 91db4afb feee5a97 8fab4393 ed2615fe
            000005d4",
    },
];

impl Vector {
    fn mode(&self) -> GaloisMode {
        let salt = hex(SALT).try_into().unwrap();
        GaloisMode::new(self.algorithm, &hex(self.key), &salt).unwrap()
    }
}

#[test]
fn packets_are_sealed_as_in_the_rfc() {
    for vector in VECTORS {
        let mode = vector.mode();
        let mut packet = hex(RTP);
        let stamp = Stamp {
            ssrc: 0x5501_a0b2,
            index: 0xf17b,
        };
        mode.seal_rtp(&mut packet, 12, stamp).unwrap();
        assert_eq!(packet, hex(vector.rtp));

        let mut packet = hex(RTCP);
        let stamp = Stamp {
            ssrc: 0x4d61_7273,
            index: INDEX.into(),
        };
        let word = INDEX | ENCRYPTED;
        mode.seal_rtcp(&mut packet, stamp, word).unwrap();
        assert_eq!(packet, hex(vector.encrypted));
    }
}

#[test]
fn reports_are_opened_as_in_the_rfc() {
    for vector in VECTORS {
        for packet in [vector.encrypted, vector.authentic] {
            let mut plain = Vec::new();
            vector.mode().open_rtcp(&hex(packet), &mut plain).unwrap();
            assert_eq!(plain, hex(RTCP));
        }
    }
}

#[test]
fn the_mark_of_encryption_cannot_be_taken_off_or_put_on() {
    for vector in VECTORS {
        for packet in [vector.encrypted, vector.authentic] {
            let mut packet = hex(packet);
            let word = packet.len() - 4;
            packet[word] ^= 0x80;
            let opened = vector.mode().open_rtcp(&packet, &mut Vec::new());
            assert!(opened.is_err());
        }
    }
}

#[test]
fn the_rollovers_and_the_stream_are_part_of_the_nonce() {
    let mode = VECTORS[0].mode();
    let nonce = |ssrc, index| *mode.nonce(Stamp { ssrc, index }).as_ref();
    // RFC 7714 §16.1.1 and §17.1.
    assert_eq!(
        nonce(0x5501_a0b2, 0xf17b).to_vec(),
        hex("51753c65 80c2726f 20718414")
    );
    assert_eq!(
        nonce(0x4d61_7273, 0x05d4).to_vec(),
        hex("51752405 5203726f 207170bb")
    );
    assert_ne!(nonce(1, 5), nonce(1, 5 | 1 << 16));
    assert_ne!(nonce(1, 5), nonce(1, 5 | 1 << 47));
    assert_ne!(nonce(1, 5), nonce(2, 5));
}
