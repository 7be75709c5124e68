using System.Text;
using System.Text.Json.Nodes;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Text;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Training.Losses;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Naming;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;
using IMDD.Learning.Training.Words;
using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Safetensors;
using IMDD.Testing;
using TorchSharp;
using SafetensorsFile = IMDD.Inference.Bundles.SafetensorsFile;

namespace IMDD.Learning.Training.Tests;

/// <summary>Rows of text that are made with a CLIP.</summary>
public sealed class ClipRowTests : IDisposable
{
    private static readonly TrainingData Data = TrainingPictures.Data(train: 24, validation: 6);

    private static readonly EdgeTrainingOptions Options = new()
    {
        Network = new EdgeNetworkOptions { Size = NetworkSize.Nano },
        Crops = new CropOptions { Side = 64 },
        Steps = 14,
        BatchSize = 4,
        Validations = 3,
        CheckpointEvery = 3,
    };

    private readonly TestDirectory _directory = new();
    private readonly string _folder;
    private readonly ClipTextEmbedder _clip;

    public ClipRowTests()
    {
        _folder = TinyClip.Write(_directory.File("clip"));
        _clip = ClipTextEmbedder.Open(_folder, _folder);
    }

    public void Dispose()
    {
        _clip.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("scratch", 1)]
    [InlineData("A raised, winding line.", 1)]
    [InlineData("longer than its context ", 20)]
    public void Embed_Text_IsWhatTheWholeModelSaysOfItsFilledContext(string text, int times)
    {
        using var scope = torch.NewDisposeScope();
        var configuration = ClipConfiguration.OpenFolder(_folder);
        using ClipModel model = new(configuration);
        using (var files = WeightFiles.OpenFolder(_folder, "model"))
        {
            ModuleWeights.Load(model, files, WeightNames.HuggingFaceClip);
        }

        var whole = string.Concat(Enumerable.Repeat(text, times));
        var ids = ClipTokenizer.Open(_folder).Encode(whole, configuration.Text.Context);

        var embedding = _clip.Embed(whole);

        embedding.ShouldBe(model.EmbedText(torch.tensor(ids, [1, ids.Length])).data<float>().ToArray(), 1e-5);
        embedding.ShouldNotBe(_clip.Embed("stain"));
    }

    [Fact]
    public void Reference_OfAFolder_IsTheDigestsOfItsFiles()
    {
        _clip.Reference.ShouldBe(new ClipReference(
            Digest("model.safetensors"), Digest("config.json"),
            ContentDigest.Of([.. File.ReadAllBytes(Path.Combine(_folder, "vocab.json")), .. File.ReadAllBytes(Path.Combine(_folder, "merges.txt"))]), TinyClip.Length));

        string Digest(string file) => ContentDigest.Of(File.ReadAllBytes(Path.Combine(_folder, file)));
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    public void Open_FileThatIsMissing_IsNamed(string file)
    {
        File.Delete(Path.Combine(_folder, file));

        Should.Throw<WeightsException>(() => ClipTextEmbedder.Open(_folder, _folder)).Message.ShouldContain(file);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    public void Open_FileThatCannotBeRead_IsNamed(string file)
    {
        var path = Path.Combine(_folder, file);
        using FileStream held = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Should.Throw<WeightsException>(() => ClipTextEmbedder.Open(_folder, _folder)).Message.ShouldContain(path);
    }

    [Fact]
    public void Open_FilesThatDoNotFit_AreRefused()
    {
        var (configuration, weights) = (Path.Combine(_folder, "config.json"), Path.Combine(_folder, "model.safetensors"));
        var (json, bytes) = (File.ReadAllText(configuration), File.ReadAllBytes(weights));

        File.WriteAllText(configuration, json.Replace("\"projection_dim\":16", "\"projection_dim\":24", StringComparison.Ordinal));
        Should.Throw<WeightsException>(() => ClipTextEmbedder.Open(_folder, _folder)).Message.ShouldContain("text_projection.weight");

        File.WriteAllText(configuration, json.Replace("\"vocab_size\":190", "\"vocab_size\":191", StringComparison.Ordinal));
        Should.Throw<WeightsException>(() => ClipTextEmbedder.Open(_folder, _folder)).Message.ShouldContain("largest id is 189; expected 190");

        File.WriteAllText(configuration, json);
        File.WriteAllBytes(weights, bytes[..^4]);
        Should.Throw<SafetensorsException>(() => ClipTextEmbedder.Open(_folder, _folder));
    }

    [Fact]
    public async Task RunAsync_CutOffAndAgain_SameWeightsAsUninterrupted()
    {
        var whole = await Train("whole", _clip);
        var letters = await Train("letters", clip: null);
        for (var cut = 4; cut < 12; cut += 5)
        {
            var end = cut;
            await Should.ThrowAsync<OperationCanceledException>(() => Train("cut", _clip, step => step >= end));
        }

        // As after a kill, nothing is remembered of texts.
        using var again = ClipTextEmbedder.Open(_folder, _folder);
        (await Train("cut", again)).ShouldBe(whole);
        whole.ShouldNotBe(letters);
        using var other = ClipTextEmbedder.Open(TinyClip.Write(_directory.File("other"), seed: 2), _folder);
        (await Train("of-other", other)).ShouldNotBe(whole);
        (await Should.ThrowAsync<TrainingException>(() => Train("whole", other))).Message.ShouldContain("other options or data");
        (await Should.ThrowAsync<TrainingException>(() => Train("whole", clip: null))).Message.ShouldContain("other options or data");
    }

    /// <summary>What the trainer service does with a new class. The start's embeddings come from a processor that makes them a little otherwise.</summary>
    [Fact]
    public async Task RunAsync_BesideAStart_NamesTheBranchByItsRowAndKeepsTheOthers()
    {
        using var start = Start();
        using var before = start.Rows();

        using var model = await Train("beside", Options with { Steps = 4, SideBranch = true }, Outlined, start);

        using var after = model.Rows();
        Values(after[0]).ShouldBe(Values(before[0]));
        using EdgeModel anew = new(model.Description, new ClipTexts(_clip));
        anew.Set(model.Tensors().ToDictionary(t => t.Name));
        using var other = anew.Rows();
        Values(other[0]).ShouldNotBe(Values(before[0]));
        var now = model.Tensors().ToDictionary(t => t.Name, t => t.Values.ToArray());
        start.Tensors().ShouldAllBe(tensor => tensor.Values.ToArray().SequenceEqual(now[tensor.Name]));
        now.Single(tensor => tensor.Key.EndsWith("0._row", StringComparison.Ordinal)).Value.ShouldBe(Values(after[1]));
        model.TextReference().ShouldBe(start.TextReference());
    }

    [Fact]
    public async Task RunAsync_HeldToItsStart_LearnsOnOfWhatTheStartKeeps()
    {
        using var start = Start();
        var digest = start.Digest();

        using var free = await Train("free", Options with { Losses = new EdgeLossWeights { Memory = 0 } }, Data, start);
        using var held = await Train("held", Options with { Losses = new EdgeLossWeights { Memory = 1 } }, Data, start);

        held.Digest().ShouldNotBe(free.Digest());
        held.TextReference().ShouldNotBe(start.TextReference(), "the head learns on");
        start.Digest().ShouldBe(digest);
        held.Texts!.Of("line").ShouldBe(start.Texts!.Of("line"));
        held.Texts.Of("spot").ShouldBe(_clip.Embed("spot"));
    }

    [Fact]
    public async Task RunAsync_ManySteps_TrainsTheHeadAndLeavesNoTensorBehind()
    {
        TensorCounts counts = new();
        using EdgeTrainer trainer = new(Options with { Steps = 60, Validations = 1, CheckpointEvery = 1000 }, Data, _directory.File("run"), clip: _clip);

        var (_, model) = await trainer.RunAsync(counts, TestContext.Current.CancellationToken);

        using (model)
        {
            counts.Count.ShouldBeGreaterThan(4);
            counts.ShouldNotGrow();
            model.Description.SeenWords.ShouldBeNull("CLIP knows more words than were shown");
            torch.manual_seed(Options.Seed);
            using EdgeModel drawn = new(model.Description, model.Texts);
            ModuleTensors.Read(model.Text, "").Select(t => t.Name).ShouldBe(["_first.weight", "_first.bias", "_second.weight", "_second.bias"]);
            ModuleTensors.Read(model.Text, "").Zip(ModuleTensors.Read(drawn.Text, "")).ShouldAllBe(pair => !pair.First.Values.ToArray().SequenceEqual(pair.Second.Values.ToArray()));
        }
    }

    /// <summary>Else each step would wait for CLIP.</summary>
    [Fact]
    public void Draw_WithoutCaptions_AreWordsThatAreKnownBefore()
    {
        TrainedClass[] classes = [new("crack", "crack", ["fissure"], "critical"), Class("looks") with { RowTexts = ["a dark straight line"] }];
        WordSource words = new(Vocabulary.English, classes, new HashSet<string>(), seed: 1, hasCaptions: false), whole = new(Vocabulary.English, classes, new HashSet<string>(), seed: 1);
        var known = words.Words.ToHashSet(StringComparer.Ordinal);

        Drawn(words).ShouldBeSubsetOf(known);
        Drawn(whole).Count(text => !known.Contains(text)).ShouldBeGreaterThan(50);

        static List<string> Drawn(WordSource source) => [.. Enumerable.Range(0, 50).SelectMany(step => source.Draw(step).Texts)];
    }

    [Fact]
    public void Load_WithoutClip_RowsOfItsOwnClassesAndOfNoOthers()
    {
        using var model = Model();
        model.Save(_directory.File("model"));
        using var rows = model.Rows();

        using var loaded = EdgeModel.Load(_directory.File("model"));

        loaded.Digest().ShouldBe(model.Digest());
        using var own = loaded.Rows();
        own.data<float>().ToArray().ShouldBe(rows.data<float>().ToArray());
        own.data<float>().ToArray().Chunk((int)own.shape[1]).ShouldAllBe(row => Math.Abs(Math.Sqrt(row.Sum(v => v * v)) - 1) < 1e-5);
        var message = Should.Throw<WeightsException>(() => loaded.RowsOf([Class("rust")])).Message;
        message.ShouldContain("'rust'");
        message.ShouldContain(_clip.Reference.Weights);
        using var whole = EdgeModel.Load(_directory.File("model"), _clip);
        using var other = whole.RowsOf([Class("rust")]);
        other.shape.ShouldBe([1, 64]);
        Should.Throw<ArgumentException>(() => whole.RowsOf([Class("?!")])).Message.ShouldContain("no word");
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("config.json")]
    [InlineData("merges.txt")]
    public void Load_WithAnotherClip_NamesTheFileAndItsDigest(string file)
    {
        using var model = Model();
        model.Save(_directory.File("model"));
        var folder = TinyClip.Write(_directory.File("other"), seed: file == "model.safetensors" ? 2 : 1);
        if (file != "model.safetensors")
        {
            File.WriteAllText(Path.Combine(folder, file), file == "config.json" ? File.ReadAllText(Path.Combine(folder, file)) + "\n" : "#version: 0.3\n");
        }

        using var other = ClipTextEmbedder.Open(folder, folder);

        var message = Should.Throw<WeightsException>(() => EdgeModel.Load(_directory.File("model"), other)).Message;

        var (has, expected) = file switch
        {
            "model.safetensors" => (other.Reference.Weights, _clip.Reference.Weights),
            "config.json" => (other.Reference.Configuration, _clip.Reference.Configuration),
            _ => (other.Reference.Tokenizer, _clip.Reference.Tokenizer),
        };
        has.ShouldNotBe(expected);
        message.ShouldContain($"{(file == "merges.txt" ? folder : Path.Combine(folder, file))} has the digest {has}");
        message.ShouldContain(expected);
    }

    [Fact]
    public void Load_KeptTextsThatAreMissingOrMalformed_AreRefused()
    {
        using var model = Model();
        var folder = _directory.File("model");
        model.Save(folder);
        var path = Path.Combine(folder, EdgeModel.ClipTextsFile);
        var bytes = File.ReadAllBytes(path);

        File.WriteAllBytes(path, SafetensorsFile.Write([new Float32Tensor("text:crack", [3], new float[3])]));
        Refusal().ShouldContain($"{path}: Tensor 'text:crack' has shape [3]; expected [16]");
        File.WriteAllBytes(path, SafetensorsFile.Write([new Float32Tensor("text:crack", [4, 4], new float[16])]));
        Refusal().ShouldContain($"{path}: Tensor 'text:crack' has shape [4, 4]; expected [16]");
        File.WriteAllBytes(path, SafetensorsFile.Write([new Float32Tensor("crack", [16], new float[16])]));
        Refusal().ShouldContain($"{path}: Tensor 'crack' is not known; expected text:");
        File.WriteAllBytes(path, bytes[..^1]);
        Refusal().ShouldStartWith(path);
        File.Delete(path);
        Refusal().ShouldStartWith(path);
        File.WriteAllBytes(path, bytes);
        var description = Path.Combine(folder, EdgeModel.DescriptionFile);
        var json = JsonNode.Parse(File.ReadAllText(description))!;
        json["clip"]!["length"] = -1;
        File.WriteAllText(description, json.ToJsonString());
        Refusal().ShouldContain("length -1");
        json["clip"]!["length"] = 16;
        foreach (var field in new[] { "weights", "configuration", "tokenizer" })
        {
            var digest = json["clip"]![field]!.GetValue<string>();
            json["clip"]![field] = digest.ToUpperInvariant();
            File.WriteAllText(description, json.ToJsonString());
            Refusal().ShouldContain($"{field} is '{digest.ToUpperInvariant()}': expected sha256:", Case.Insensitive);
            json["clip"]![field] = digest;
        }

        string Refusal() => Should.Throw<TrainingException>(() => EdgeModel.Load(folder)).Message;
    }

    /// <summary>Bundles are known by it: it must not come out otherwise for the same weights and the same CLIP.</summary>
    [Fact]
    public void TextReference_OfFixedWeights_IsADigestThatStays()
    {
        ClipReference reference = new("sha256:" + new string('1', 64), "sha256:" + new string('2', 64), "sha256:" + new string('3', 64), 2);
        using EdgeModel model = new(
            new EdgeModelDescription(Options.Network, [Class("stain")], EdgeCalibration.None, new EdgeModelLineage(["made"], ["sha256:0"], 1, 5, null)) { Clip = reference },
            new ClipTexts(reference, new Dictionary<string, float[]>(), clip: null));
        model.Set(model.Tensors().ToDictionary(t => t.Name, t => t with { Values = Enumerable.Range(0, t.Values.Length).Select(i => i / 1024f).ToArray() }));
        var weights = SafetensorsFile.Write(ModuleTensors.Read(model.Text, EdgeModel.TextPrefix));

        var digest = model.TextReference().Digest;

        digest.ShouldBe(ContentDigest.Of([.. weights, .. Encoding.UTF8.GetBytes($"{reference.Weights}\n{reference.Configuration}\n{reference.Tokenizer}\n2")]));
        digest.ShouldBe("sha256:82b756e6fe7afc1bf014a493e38e762240d79409ed2959394ab95834d07e4b16");
    }

    [Fact]
    public void Write_LettersOverAModelOfClip_LeaveNoTextsBehind()
    {
        using var model = Model();
        using EdgeModel letters = new(model.Description with { Clip = null });
        var (bundle, saved) = (_directory.File("bundle"), _directory.File("saved"));
        EdgeBundle.Write(model, [], bundle, DateTimeOffset.UnixEpoch);
        model.Save(saved);

        EdgeBundle.Write(letters, [], bundle, DateTimeOffset.UnixEpoch);
        letters.Save(saved);

        ModelBundle.Open(bundle).Manifest.TextEncoder!.Name.ShouldBe("letters");
        Directory.GetFiles(saved).Select(Path.GetFileName).ShouldBe([EdgeModel.DescriptionFile, EdgeModel.WeightsFile], ignoreOrder: true);
    }

    [Fact]
    public void Write_WordIntoABundleOfLettersWithAFileCalledAsTexts_KeepsIt()
    {
        using var model = Model();
        using EdgeModel letters = new(model.Description with { Clip = null });
        var (from, made) = (_directory.File("bundle"), _directory.File("made"));
        EdgeBundle.Write(letters, [], from, DateTimeOffset.UnixEpoch);
        byte[] bytes = [1, 2, 3];
        File.WriteAllBytes(Path.Combine(from, EdgeModel.ClipTextsFile), bytes);
        var manifest = ManifestOf(from);
        File.WriteAllBytes(Path.Combine(from, ModelBundle.ManifestFile), ImddJson.Serialize(
            manifest with { Files = [.. manifest.Files, new BundleFile(EdgeModel.ClipTextsFile, ContentDigest.Of(bytes)[ContentDigest.Prefix.Length..], bytes.Length, "application/octet-stream")] }));

        WordBundle.Write(ModelBundle.Open(from), letters, Class("rust"), [1, .. new float[63]], new ModelRow("rust", Prototype: null), 0.5, made, DateTimeOffset.UnixEpoch);

        ModelBundle.Open(made).ReadFile(EdgeModel.ClipTextsFile).ShouldBe(bytes);

        static BundleManifest ManifestOf(string folder) => ImddJson.Deserialize<BundleManifest>(File.ReadAllBytes(Path.Combine(folder, ModelBundle.ManifestFile)));
    }

    [Fact]
    public void Write_Bundle_IsVerifiedAndSaysWhatItsRowsDependOn()
    {
        using var model = Model();
        EdgeBundle.Write(model, [], _directory.File("bundle"), DateTimeOffset.UnixEpoch);

        var bundle = ModelBundle.Open(_directory.File("bundle"));
        using var text = BundleText.Open(_directory.File("bundle"));

        bundle.Manifest.TextEncoder!.Name.ShouldBe("clip");
        bundle.Manifest.Files.ShouldContain(file => file.Path == EdgeModel.ClipTextsFile);
        text.Rows(text.Classes).SelectMany(row => row).ShouldBe(bundle.Text.Values.ToArray());
        using EdgeModel ofOther = new(
            model.Description with { Clip = _clip.Reference with { Weights = ContentDigest.Of([1]) } },
            new ClipTexts(_clip.Reference with { Weights = ContentDigest.Of([1]) }, new Dictionary<string, float[]>(), clip: null));
        ofOther.Set(model.Tensors().ToDictionary(t => t.Name));
        ofOther.TextReference().Digest.ShouldNotBe(model.TextReference().Digest, "the same head on another CLIP");
    }

    [Fact]
    public void Constructor_StartWithOtherRows_IsRefused()
    {
        using var model = Model();
        using EdgeModel letters = new(model.Description with { Clip = null });

        Should.Throw<TrainingException>(() => new EdgeTrainer(Options, Data, _directory.File("run"), model)).Message.ShouldContain(_clip.Reference.Weights);
        Should.Throw<TrainingException>(() => new EdgeTrainer(Options, Data, _directory.File("run"), letters, clip: _clip)).Message.ShouldContain("of letters");
        letters.Save(_directory.File("letters"));
        Should.Throw<TrainingException>(() => EdgeModel.Load(_directory.File("letters"), _clip)).Message.ShouldContain("of letters");
    }

    /// <summary>What was written before there were rows with CLIP is read and written as it was.</summary>
    [Fact]
    public void ShippedBundle_OfLetters_KeepsItsDigestAndItsBytes()
    {
        var folder = Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "surfaces");
        using var text = BundleText.Open(folder);

        text.Model.TextReference().ShouldBe(ModelBundle.Open(folder).Manifest.TextEncoder);
        text.Model.Save(_directory.File("saved"));

        foreach (var file in new[] { EdgeModel.DescriptionFile, EdgeModel.WeightsFile })
        {
            File.ReadAllBytes(Path.Combine(_directory.File("saved"), file)).ShouldBe(File.ReadAllBytes(Path.Combine(folder, file)));
        }

        Directory.GetFiles(_directory.File("saved")).Length.ShouldBe(2);
    }

    private EdgeModel Model() => new(
        new EdgeModelDescription(
            Options.Network,
            [new TrainedClass("crack", "crack", ["fissure"], "critical"), Class("stain"), Class("looks") with { RowTexts = ["a dark straight line", "crack"] }],
            EdgeCalibration.None,
            new EdgeModelLineage(["made"], ["sha256:0"], 1, 5, null))
        {
            Clip = _clip.Reference,
        },
        new ClipTexts(_clip));

    /// <summary>A model that knows lines, whose embeddings differ a little from those that the CLIP at hand makes.</summary>
    private EdgeModel Start()
    {
        var folder = _directory.File("start");
        using (var whole = Model())
        using (EdgeModel model = new(whole.Description with { Classes = [Data.Classes[0]] }, whole.Texts))
        {
            model.Save(folder);
        }

        var path = Path.Combine(folder, EdgeModel.ClipTextsFile);
        File.WriteAllBytes(path, SafetensorsFile.Write(
            [.. SafetensorsFile.Read(File.ReadAllBytes(path)).Values.Select(t => t with { Values = t.Values.ToArray().Select((v, j) => j == 0 ? v + 0.01f : v).ToArray() })]));
        return EdgeModel.Load(folder, _clip);
    }

    private static TrainingData Outlined => Data with
    {
        Train = [.. Data.Train.Select(p => p with { IsOutlined = true })],
        Validation = [.. Data.Validation.Select(p => p with { IsOutlined = true })],
    };

    private static float[] Values(torch.Tensor row)
    {
        using (row)
        {
            return row.data<float>().ToArray();
        }
    }

    private async Task<EdgeModel> Train(string name, EdgeTrainingOptions options, TrainingData data, EdgeModel start)
    {
        using EdgeTrainer trainer = new(options, data, _directory.File(name), start, clip: _clip);
        return (await trainer.RunAsync(null, TestContext.Current.CancellationToken)).Model;
    }

    private static TrainedClass Class(string name) => new(name, name, [], "major");

    private async Task<string> Train(string name, ClipTextEmbedder? clip, Func<long, bool>? isEnd = null)
    {
        using EdgeTrainer trainer = new(Options, Data, _directory.File(name), clip: clip);
        var (outcome, model) = await trainer.RunAsync(
            new Each(step =>
            {
                // Between checkpoints, like a kill.
                if (isEnd?.Invoke(step) == true)
                {
                    throw new OperationCanceledException();
                }
            }),
            TestContext.Current.CancellationToken);
        model.Dispose();
        return outcome.Digest;
    }

    private sealed class Each(Action<long> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value.Step);
    }
}
