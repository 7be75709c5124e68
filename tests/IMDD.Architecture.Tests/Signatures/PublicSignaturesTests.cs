using System.Reflection;
using IMDD.Architecture.Tests.Projects;
using IMDD.Testing;

namespace IMDD.Architecture.Tests.Signatures;

public sealed class PublicSignaturesTests
{
    [Theory]
    [InlineData("Confluent.Kafka", "IMDD.Messaging", "IMDD.Messaging.Embedded")]
    [InlineData("MQTTnet", "IMDD.Messaging", "IMDD.Messaging.Embedded")]
    [InlineData("Azure.", "IMDD.Storage")]
    [InlineData("OpenCvSharp", "IMDD.Imaging")]
    [InlineData("Dapr.")]
    [InlineData("Microsoft.ML.OnnxRuntime", "IMDD.Inference")]
    public void Showing_TypesOfALibrary_OnlyItsOwnerDoes(string library, params string[] owners)
    {
        var assemblies = OurAssemblies().Where(assembly => !owners.Contains(assembly.GetName().Name)).ToList();

        assemblies.Count.ShouldBeGreaterThan(8);
        assemblies.SelectMany(assembly => PublicSignatures.Showing(assembly.GetExportedTypes(), library)).ShouldBeEmpty();
    }

    [Fact]
    public void Showing_LeakInEveryPlace_IsFound() => PublicSignatures
        .Showing([typeof(Leaks), typeof(Base)], "YamlDotNet")
        .Select(found => found.Split('.')[^1])
        .Order(StringComparer.Ordinal)
        .ShouldBe(["(base)", "Field", "Inside", "Returned", "ctor", "get_Current", "get_Nested", "set_Nested"], ignoreOrder: true);

    private static IEnumerable<Assembly> OurAssemblies() => ProjectFile.ReadAll(Repository.Root)
        .Where(project => project.Side is not (Side.Tests or Side.Examples))
        .Select(project => project.Name == "IMDD.Cli" ? "imdd" : project.Name)
        .Select(Assembly.Load);

#pragma warning disable CA1034, CA1051 // A leak has to be visible to be one.
    public abstract class Base : YamlDotNet.Core.IParser
    {
        public abstract YamlDotNet.Core.Events.ParsingEvent? Current { get; }

        public abstract bool MoveNext();
    }

    public class Leaks(YamlDotNet.Serialization.ISerializer serializer)
    {
        protected readonly YamlDotNet.Core.Mark[] Field = [];

        public Dictionary<string, List<YamlDotNet.Core.Mark>> Nested { get; set; } = [];

        public string Fine { get; } = serializer.ToString() ?? "";

        public static YamlDotNet.Core.Mark? Returned() => null;

        protected void Inside(out YamlDotNet.Core.Mark mark) => mark = Field[0];

        internal static YamlDotNet.Core.Mark? Hidden() => null;
    }
#pragma warning restore CA1034, CA1051
}
