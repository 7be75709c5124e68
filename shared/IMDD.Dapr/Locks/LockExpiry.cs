namespace IMDD.Dapr.Locks;

/// <summary>Locks last whole seconds.</summary>
internal static class LockExpiry
{
    public static int SecondsOf(TimeSpan expiry) => Math.Max(1, (int)Math.Ceiling(expiry.TotalSeconds));
}
