namespace IMDD.Edge.Camera.Tests;

/// <summary>Waits for what must come, however loaded the machine is.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public static async Task IsTrue(Func<bool> condition, Func<string> otherwise)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Patience, otherwise());
            await Task.Delay(Poll, TestContext.Current.CancellationToken);
        }
    }
}
