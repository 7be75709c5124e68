namespace IMDD.Cloud.Registry.Fleet;

/// <summary>What a row's wish is recognised by once it has been told.</summary>
/// <param name="RolloutId">Names it.</param>
/// <param name="StaleTold">As it was when the message was put together.</param>
internal sealed record WishMark(string RolloutId, long StaleTold);
