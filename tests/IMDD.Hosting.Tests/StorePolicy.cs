namespace IMDD.Hosting.Tests;

public enum StorePolicy
{
    RejectNewFrames,
    DropOldestPass,
}
