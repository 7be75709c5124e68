using System.Collections.Concurrent;
using IMDD.Messaging.Mqtt;

namespace IMDD.Edge.Agent.Intake;

/// <summary>The frames being worked on, by outcome id: a frame delivered again meanwhile joins the one that is under way.</summary>
internal sealed class InFlightFrames
{
    private readonly ConcurrentDictionary<string, FrameInFlight> _frames = new(StringComparer.Ordinal);

    public int Count => _frames.Count;

    /// <summary>Enters a frame; false when it is under way already, and then the delivery belongs to that one.</summary>
    public bool TryEnter(FrameInFlight frame, IMqttDelivery? delivery)
    {
        while (true)
        {
            var current = _frames.GetOrAdd(frame.OutcomeId, frame);
            if (ReferenceEquals(current, frame))
            {
                if (delivery is not null)
                {
                    frame.TryAttach(delivery);
                }

                return true;
            }

            if (delivery is null || current.TryAttach(delivery))
            {
                return false;
            }

            // The other was acknowledged between the two looks; it leaves in a moment, and the store knows it.
            _frames.TryRemove(new KeyValuePair<string, FrameInFlight>(frame.OutcomeId, current));
        }
    }

    /// <summary>Ends a frame: acknowledges all its deliveries.</summary>
    public void Leave(FrameInFlight frame)
    {
        frame.Acknowledge();
        _frames.TryRemove(new KeyValuePair<string, FrameInFlight>(frame.OutcomeId, frame));
    }

    /// <summary>Gives a frame up without acknowledging it: the broker will deliver it again.</summary>
    public void Abandon(FrameInFlight frame) => _frames.TryRemove(new KeyValuePair<string, FrameInFlight>(frame.OutcomeId, frame));
}
