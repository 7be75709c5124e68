namespace IMDD.Messaging.Tests;

/// <summary>Tests that listen to every span: with a listener, records carry a header more, which others would stumble over.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ListenersAlone
{
    public const string Name = "listeners alone";
}
