using IMDD.Inference.Bundles;
using IMDD.Learning.Training.Runs;
using IMDD.Testing;

namespace IMDD.Learning.Training.Tests;

/// <summary>What a run goes on from after a power cut or on a failing disk.</summary>
public sealed class CheckpointFolderTests
{
    private static readonly string[] Files = ["tensors.safetensors", "optimizer.bin", "state.json"];

    [Fact]
    public void Write_Several_KeepsTheNewestAndTheOneBefore()
    {
        using TestDirectory directory = new();

        Write(directory, 10, 20, 30);

        Directory.EnumerateDirectories(directory.Path).Select(Path.GetFileName).ShouldBe(["checkpoint-000000020", "checkpoint-000000030"], ignoreOrder: true);
        var newest = new CheckpointFolder(directory.Path).Newest(out var notice).ShouldNotBeNull();
        newest.State.ShouldBe(State(30));
        newest.Tensors["weights"].Values.ToArray().ShouldBe([30f]);
        newest.Optimizer.ShouldBe([30]);
        notice.ShouldBeNull();
    }

    [Theory]
    [InlineData("tensors.safetensors", "cut")]
    [InlineData("tensors.safetensors", "zeros")]
    [InlineData("tensors.safetensors", "gone")]
    [InlineData("optimizer.bin", "cut")]
    [InlineData("optimizer.bin", "zeros")]
    [InlineData("optimizer.bin", "gone")]
    [InlineData("state.json", "cut")]
    [InlineData("state.json", "zeros")]
    [InlineData("state.json", "gone")]
    public void Newest_Damaged_GoesBackToTheOneBeforeAndSaysSo(string file, string damage)
    {
        using TestDirectory directory = new();
        Write(directory, 10, 20);
        Damage(directory.File($"checkpoint-000000020/{file}"), damage);

        CheckpointFolder folder = new(directory.Path);
        var older = folder.Newest(out var notice).ShouldNotBeNull();

        older.State.Step.ShouldBe(10);
        notice.ShouldNotBeNull().ShouldSatisfyAllConditions(
            text => text.ShouldContain("checkpoint-000000020 is damaged"), text => text.ShouldContain(file), text => text.ShouldContain("of step 10"));

        // The run comes by the same step again.
        folder.Write(State(20), [Tensor(21)], [21]);
        new CheckpointFolder(directory.Path).Newest(out notice)!.Optimizer.ShouldBe([21]);
        notice.ShouldBeNull();
    }

    [Fact]
    public void Newest_AllDamaged_ThrowsAndNamesThem()
    {
        using TestDirectory directory = new();
        Write(directory, 10, 20);
        Damage(directory.File("checkpoint-000000010/state.json"), "gone");
        Damage(directory.File("checkpoint-000000020/optimizer.bin"), "zeros");

        var message = Should.Throw<TrainingException>(() => new CheckpointFolder(directory.Path).Newest(out _)).Message;

        message.ShouldContain("checkpoint-000000010");
        message.ShouldContain("checkpoint-000000020");
        message.ShouldContain($"remove {directory.Path} to start anew");
    }

    [Fact]
    public void Newest_WrittenByAnEarlierVersion_IsTakenWithoutDigests()
    {
        using TestDirectory directory = new();
        Write(directory, 10);
        File.Delete(directory.File("checkpoint-000000010/digests.json"));

        new CheckpointFolder(directory.Path).Newest(out var notice)!.State.Step.ShouldBe(10);
        notice.ShouldBeNull();
        Directory.EnumerateFiles(directory.File("checkpoint-000000010")).Select(Path.GetFileName).ShouldBe(Files, ignoreOrder: true);
    }

    private static void Write(TestDirectory directory, params long[] steps)
    {
        CheckpointFolder folder = new(directory.Path);
        foreach (var step in steps)
        {
            folder.Write(State(step), [Tensor(step)], [(byte)step]);
        }
    }

    private static void Damage(string path, string how)
    {
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        if (how != "gone")
        {
            File.WriteAllBytes(path, how == "cut" ? bytes[..(bytes.Length / 2)] : new byte[bytes.Length]);
        }
    }

    private static RunState State(long step) => new("sha256:options", step, 100, 0.5, step, 0, 1);

    private static Float32Tensor Tensor(long value) => new("weights", [1], new float[] { value });
}
