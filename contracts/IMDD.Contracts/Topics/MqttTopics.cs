using System.Collections.Frozen;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Topics;

/// <summary>MQTT topics: <c>imdd/v1/{enterprise}/{site}/{area}/{line}/{cell}/{kind}[/{camera|name}]</c>.</summary>
public static class MqttTopics
{
    /// <summary>The version prefix of every topic.</summary>
    public const string Root = "imdd/v1";

    private const string AssetTemplate = $"{Root}/+/";
    private const string OtherTemplate = "other";
    private const int SegmentsBeforeKind = 7;

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Templates
        = new[] { "frame", "trigger", "outcome", "state", "balance", "desired", "feedback", "cmd" }
            .ToFrozenDictionary(kind => kind, kind => AssetTemplate + kind, StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Camera to agent: the encoded image. QoS 1, not retained.</summary>
    public static string Frame(CameraPath camera) => $"{Root}/{camera.Asset}/frame/{camera.Camera}";

    /// <summary>Agent to line and camera gateway: the durable outcome, which is the frame's receipt. QoS 1, not retained.</summary>
    public static string Outcome(CameraPath camera) => $"{Root}/{camera.Asset}/outcome/{camera.Camera}";

    /// <summary>Agent to all, retained; also the agent's will.</summary>
    public static string AgentState(AssetPath asset, string agent) => $"{Root}/{asset}/state/agent/{NamePart.Checked(agent)}";

    /// <summary>Agent to all, retained: online, silent or faulty.</summary>
    public static string CameraState(CameraPath camera) => $"{Root}/{camera.Asset}/state/camera/{camera.Camera}";

    /// <summary>Camera gateway to all, retained: how many frames it was told to deliver and how many outcomes came back.</summary>
    public static string CameraBalance(CameraPath camera) => $"{Root}/{camera.Asset}/balance/{camera.Camera}";

    /// <summary>Cloud to agent, retained: the wanted bundle and recipe of each slot.</summary>
    public static string Desired(AssetPath asset, string agent) => $"{Root}/{asset}/desired/{NamePart.Checked(agent)}";

    /// <summary>Agent to cloud: a step of a rollout.</summary>
    public static string Feedback(AssetPath asset, string agent) => $"{Root}/{asset}/feedback/{NamePart.Checked(agent)}";

    /// <summary>A filter for one kind of every camera of a cell, such as <c>frame/+</c>.</summary>
    public static string CellFilter(AssetPath asset, string kind) => $"{Root}/{asset}/{kind}/+";

    /// <summary>A filter for the states of every agent of every cell.</summary>
    public static string AllAgentStates => $"{Root}/+/+/+/+/+/state/agent/+";

    /// <summary>A filter for the feedback of every agent of every cell.</summary>
    public static string AllFeedback => $"{Root}/+/+/+/+/+/feedback/+";

    /// <summary>The topic without its places, such as <c>imdd/v1/+/frame</c>, for telemetry; <c>other</c> where it is none of ours.</summary>
    public static string Template(string topic)
    {
        var rest = topic.AsSpan();
        if (!rest.StartsWith(Root, StringComparison.Ordinal))
        {
            return OtherTemplate;
        }

        for (var segment = 0; segment < SegmentsBeforeKind; segment++)
        {
            var end = rest.IndexOf('/');
            if (end < 0)
            {
                return OtherTemplate;
            }

            rest = rest[(end + 1)..];
        }

        var kindEnd = rest.IndexOf('/');
        return Templates.TryGetValue(kindEnd < 0 ? rest : rest[..kindEnd], out var template) ? template : OtherTemplate;
    }

    /// <summary>Reads the camera out of a topic of the given kind (<c>frame</c>, <c>outcome</c>, <c>balance</c>).</summary>
    public static bool TryParseCamera(string topic, string kind, out CameraPath? camera)
    {
        camera = null;
        var parts = topic.Split('/');
        return parts.Length == 9 && parts[0] == "imdd" && parts[1] == "v1" && parts[7] == kind
            && CameraPath.TryParse(string.Join('/', parts[2], parts[3], parts[4], parts[5], parts[6], parts[8]), out camera, out _);
    }

    /// <summary>Reads cell and agent out of a topic of <c>state/agent</c>, <c>desired</c> or <c>feedback</c>.</summary>
    public static bool TryParseAgent(string topic, string kind, out AssetPath? asset, out string agent)
    {
        (asset, agent) = (null, "");
        var kinds = kind.Split('/');
        var parts = topic.Split('/');
        if (parts.Length != SegmentsBeforeKind + kinds.Length + 1 || parts[0] != "imdd" || parts[1] != "v1"
            || !parts.AsSpan(SegmentsBeforeKind, kinds.Length).SequenceEqual(kinds) || !NamePart.IsValid(parts[^1]))
        {
            return false;
        }

        agent = parts[^1];
        return AssetPath.TryParse(string.Join('/', parts[2], parts[3], parts[4], parts[5], parts[6]), out asset, out _);
    }
}
