using System.Globalization;
using System.Runtime.InteropServices;

namespace IMDD.Learning.Trainer.Tests;

public sealed class FreedMemoryTests
{
    private const int Blocks = 6;
    private const int Rounds = 10;
    private const int BlockBytes = 8 << 20;

    /// <summary>Blocks that are freed and taken again, as a step's are, are not handed out anew by the system: nearly no page of them is missing.</summary>
    [Fact]
    public void Keep_BlocksFreedAndTakenAgain_AreStillThere()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out _), "Only the GNU C library is told.");
        FreedMemory.Keep();
        Step();
        Step();
        var before = MissingPages();

        for (var round = 0; round < Rounds; round++)
        {
            Step();
        }

        var pages = Rounds * Blocks * (BlockBytes / Environment.SystemPageSize);
        (MissingPages() - before).ShouldBeLessThan(pages / 4);
    }

    private static void Step()
    {
        var blocks = Array.ConvertAll(new int[Blocks], _ => Marshal.AllocHGlobal(BlockBytes));
        foreach (var block in blocks)
        {
            for (var at = 0; at < BlockBytes; at += Environment.SystemPageSize)
            {
                Marshal.WriteByte(block, at, 1);
            }
        }

        Array.ForEach(blocks, Marshal.FreeHGlobal);
    }

    /// <summary>Minor faults of this thread (proc(5), the tenth field, of which the second is a name in brackets).</summary>
    private static long MissingPages()
    {
        var stat = File.ReadAllText("/proc/thread-self/stat");
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
    }
}
