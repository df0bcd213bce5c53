/** A page that reaches the server as if from another machine. Runs in the page, so it names nothing outside itself. */

declare global {
  interface Window {
    /** Set to false by a test, the page reaches the server over loopback after all. */
    comesFromElsewhere?: boolean;
  }
}

/** Whoever comes over loopback is told of loopback, too: as from elsewhere, nobody hears of it here. */
export function comeFromElsewhere(): void {
  const native = RTCPeerConnection.prototype.setRemoteDescription as (
    description: RTCSessionDescriptionInit,
  ) => Promise<void>;
  RTCPeerConnection.prototype.setRemoteDescription = function (description: RTCSessionDescriptionInit) {
    if (window.comesFromElsewhere === false) {
      return native.call(this, description);
    }
    const sdp = (description.sdp ?? '').replace(/^a=candidate:.* (127\.0\.0\.1|::1) .*\r\n/gm, '');
    return native.call(this, { type: description.type, sdp });
  };
}
