//! Which connection a channel takes, and what messaging hears of it.

use super::*;
use crate::room::testing::fixture::peer;

#[test]
fn the_direct_connection_comes_first_and_the_sfu_stands_in_for_it() {
    use Carrier::{Direct, Hub};
    let mut carriers = ChannelCarriers::default();
    let ada = peer("ada");
    let steps = [
        (true, Hub, ChannelTurn::Opened, Some(Hub)),
        (true, Direct, ChannelTurn::Replaced, Some(Direct)),
        (false, Hub, ChannelTurn::None, Some(Direct)),
        (true, Hub, ChannelTurn::None, Some(Direct)),
        (false, Direct, ChannelTurn::Replaced, Some(Hub)),
        (true, Hub, ChannelTurn::Replaced, Some(Hub)),
        (false, Hub, ChannelTurn::Closed, None),
        (false, Direct, ChannelTurn::None, None),
        (true, Direct, ChannelTurn::Opened, Some(Direct)),
    ];
    for (number, (opens, carrier, turn, after)) in steps.into_iter().enumerate() {
        let channel = Channel::Chat;
        let told = if opens {
            carriers.opened(&ada, channel, carrier)
        } else {
            carriers.closed(&ada, channel, carrier)
        };
        assert_eq!(told, turn, "step {number}");
        assert_eq!(carriers.carrier(&ada, channel), after, "step {number}");
        assert_eq!(carriers.carrier(&peer("bob"), channel), None);
        assert_eq!(carriers.carrier(&ada, Channel::Live), None);
    }
}

#[test]
fn a_direct_channel_that_one_of_the_two_has_left_is_used_again_when_it_is_opened_anew() {
    use Carrier::{Direct, Hub};
    let mut carriers = ChannelCarriers::default();
    let (ada, files) = (peer("ada"), Channel::Files);
    assert_eq!(carriers.left(&ada, files), ChannelTurn::None);
    carriers.opened(&ada, files, Direct);
    // There is no other.
    assert_eq!(carriers.left(&ada, files), ChannelTurn::None);
    assert_eq!(carriers.carrier(&ada, files), Some(Direct));
    assert_eq!(carriers.opened(&ada, files, Hub), ChannelTurn::Replaced);
    assert_eq!(carriers.left(&ada, files), ChannelTurn::None);
    assert_eq!(carriers.opened(&ada, files, Direct), ChannelTurn::Replaced);
    assert_eq!(carriers.carrier(&ada, files), Some(Direct));
    assert_eq!(carriers.left(&ada, files), ChannelTurn::Replaced);
    assert_eq!(carriers.carrier(&ada, files), Some(Hub));
    assert_eq!(carriers.closed(&ada, files, Direct), ChannelTurn::None);
    assert_eq!(carriers.carrier(&ada, files), Some(Hub));
    assert_eq!(carriers.closed(&ada, files, Hub), ChannelTurn::Closed);
}
