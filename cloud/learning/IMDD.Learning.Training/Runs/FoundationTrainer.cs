using System.Text;
using System.Text.Json;
using IMDD.Contracts.Identity;
using IMDD.Inference.Bundles;
using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Losses;
using IMDD.Learning.Networks.Training;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Runs;

/// <summary>
/// A run of a foundation model: the diffusion loss first, then the masks' on the features of what was learned. Autoencoder, CLIP and text tower stay as
/// they are. Each step is a function of the seed, its number and the weights before it, so that an interrupted run goes on as if it had not been.
/// </summary>
public sealed class FoundationTrainer : IDisposable
{
    private const int ReportEvery = 10;
    private const double LossMemory = 0.95;
    private const int Points = 1_024;
    private const ulong ValidationSeed = 7;

    private readonly FoundationTrainingOptions _options;
    private readonly TrainingData _data;
    private readonly FoundationNetwork _network;
    private readonly FoundationCrops _crops;
    private readonly BatchSource _pictures;
    private readonly BatchSource _outlined;
    private readonly CheckpointFolder _checkpoints;
    private readonly TimeProvider _time;
    private DiffusionStep? _diffusion;
    private MaskStep? _masks;
    private RunState _state;

    /// <summary>Prepares a run, or goes on with the one in <paramref name="runFolder"/>.</summary>
    /// <param name="options">How to train.</param>
    /// <param name="data">From what.</param>
    /// <param name="tokenizer">Of both text towers.</param>
    /// <param name="runFolder">Where checkpoints go.</param>
    /// <param name="start">A checkpoint of the whole model to start from; null: every part is drawn.</param>
    /// <param name="time">For the time left.</param>
    /// <exception cref="ArgumentException">An option is off.</exception>
    /// <exception cref="TrainingException">The folder holds another run, no picture has outlines, or the tokenizer is not the model's.</exception>
    /// <exception cref="WeightsException">The checkpoint to start from is not this model's.</exception>
    public FoundationTrainer(
        FoundationTrainingOptions options, TrainingData data, ClipTokenizer tokenizer, string runFolder, WeightFiles? start = null, TimeProvider? time = null)
    {
        options.Validate();
        (_options, _data, _time) = (options, data, time ?? TimeProvider.System);
        var words = options.Configuration.Text.Vocabulary;
        if (tokenizer.End != words - 1 || options.Configuration.Clip.Text.Vocabulary != words)
        {
            throw new TrainingException($"The tokenizer's largest id is {tokenizer.End}; expected {words - 1}, that of '{options.Configuration.Name}'.");
        }

        List<TrainingPicture> outlined = [.. data.Train.Where(picture => picture.HasPixelTruth)];
        if (options.MaskSteps > 0 && !outlined.Exists(picture => picture.IsDefective))
        {
            throw new TrainingException("No picture has its defects marked: the second stage has nothing to learn from.");
        }

        UseThreads();
        manual_seed(options.Seed);
        _network = new FoundationNetwork(options.Configuration);
        if (start is null)
        {
            using var scope = NewDisposeScope();
            if (options.Configuration.Paper.HasFlag(PaperModes.Initialisation))
            {
                _network.Unet.DrawAsPaper();
            }

            _network.Vocabulary.StartNoObjectAt(_network.Clip.EmbedText(FoundationNetwork.EmptyIds(options.Configuration.Clip.Text))[0]);
        }
        else
        {
            StoredConfiguration.Require(options.Configuration, start);
            ModuleWeights.Load(_network, start, WeightNames.Own);
        }

        // Drawn and loaded on the CPU, so that every device begins with the same.
        _network.to(options.Device);
        _network.Unet.Checkpointed = options.IsCheckpointed;
        _crops = new FoundationCrops(_network, tokenizer, data.Classes);
        CropOptions crops = new() { Side = options.CropSide, OutputStride = options.Configuration.MaskStride };
        _pictures = new BatchSource(data.Train, crops, options.BatchSize, options.Seed, withReferences: false);
        _outlined = new BatchSource(outlined.Count > 0 ? outlined : data.Train, crops, options.BatchSize, options.Seed, withReferences: false);
        _state = new RunState(Fingerprint(start), 0, options.Steps + options.MaskSteps, null, 0, 0, 0);
        _checkpoints = new CheckpointFolder(runFolder);
        if (_checkpoints.Newest(out var notice) is { } checkpoint)
        {
            Restore(checkpoint, runFolder);
        }

        Notice = notice;
    }

    /// <summary>Steps taken before this part of the run.</summary>
    public long Step => _state.Step;

    /// <summary>Why the run does not go on from its newest checkpoint; null where it does.</summary>
    public string? Notice { get; }

    /// <summary>The model.</summary>
    public FoundationNetwork Network => _network;

    /// <summary>CLIP's embeddings of the classes' names, [K, text width].</summary>
    public Tensor ClassTexts => _crops.ClassTexts;

    /// <summary>Trains to the end.</summary>
    /// <param name="progress">Told every few steps.</param>
    /// <param name="cancellation">Stops after a step; a checkpoint is written.</param>
    /// <exception cref="TrainingException">The loss is no longer a number.</exception>
    public async Task<FoundationOutcome> RunAsync(IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var smoothed = double.NaN;
        var (begin, first) = (_time.GetTimestamp(), _state.Step);
        while (_state.Step < _state.Steps)
        {
            if (cancellation.IsCancellationRequested)
            {
                WriteCheckpoint();
                cancellation.ThrowIfCancellationRequested();
            }

            var isFirstStage = _state.Step < _options.Steps;
            var (loss, cpuSeconds) = (0.0, 0.0);
            for (var part = 0; part < _options.Accumulation; part++)
            {
                var draw = (_state.Step * _options.Accumulation) + part;
                var batch = await (isFirstStage ? _pictures : _outlined).GetAsync(draw).ConfigureAwait(false);
                UseThreads();
                var cpu = Environment.CpuUsage.TotalTime;
                loss += (isFirstStage ? TakeDiffusionStep(batch, draw) : TakeMaskStep(batch, draw)) / _options.Accumulation;
                cpuSeconds += (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
            }

            if (!double.IsFinite(loss))
            {
                throw new TrainingException($"The loss of step {_state.Step} is {loss}: lower the learning rate ({_options.LearningRate}).");
            }

            if (_state.Step + 1 == _options.Steps || _state.Step + 1 == _state.Steps)
            {
                (isFirstStage ? _diffusion?.Update : _masks?.Update)!.UseMean();
            }

            if (_state.Step + 1 == _options.Steps)
            {
                // Features are read, and the model is kept, in 32 bits.
                _diffusion?.Widen();
            }

            _state = _state with { Step = _state.Step + 1, CpuSeconds = _state.CpuSeconds + cpuSeconds };
            smoothed = double.IsNaN(smoothed) || _state.Step == _options.Steps + 1 ? loss : (LossMemory * smoothed) + ((1 - LossMemory) * loss);
            if (_state.Step % _options.CheckpointEvery == 0 || _state.Step == _state.Steps)
            {
                WriteCheckpoint();
            }

            if (_state.Step % ReportEvery == 0 || _state.Step == _state.Steps)
            {
                var pace = _time.GetElapsedTime(begin) / (_state.Step - first);
                progress?.Report(new TrainingProgress(_state.Step, _state.Steps, smoothed, pace * (_state.Steps - _state.Step), null));
            }
        }

        return await JudgeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _diffusion?.Dispose();
        _masks?.Dispose();
        _crops.Dispose();
        _network.Dispose();
    }

    /// <summary>As in <see cref="EdgeTrainer"/>: the number is kept by the thread, and after an await it is another.</summary>
    private void UseThreads() => set_num_threads(_options.Threads);

    private double TakeDiffusionStep(Batch batch, long draw)
    {
        using var scope = NewDisposeScope();
        using NoiseSource random = new(Seed(draw));
        _diffusion ??= NewDiffusionStep();
        _diffusion.Update.LearningRate = LearningRate.At(_state.Step, _options.Steps, _options.LearningRate);
        var (noise, _, _) = _diffusion.Run(_crops.Diffusion(batch), random);
        return noise;
    }

    private double TakeMaskStep(Batch batch, long draw)
    {
        using var scope = NewDisposeScope();
        using NoiseSource random = new(Seed(draw));
        _masks ??= NewMaskStep();
        _masks.Update.LearningRate = LearningRate.At(_state.Step - _options.Steps, _options.MaskSteps, _options.LearningRate);
        return _masks.Run(_crops.Masks(batch, _options.TrainsCaptioner), random).Loss;
    }

    private DiffusionStep NewDiffusionStep() => new(_network, With(new StepOptions()), format: _options.Precision);

    private MaskStep NewMaskStep() => new(
        _network, MaskStep.CriterionOf(_options.Configuration, new MaskPointOptions(Points)), With(StepOptions.Masks),
        _options.TrainsCaptioner);

    private StepOptions With(StepOptions stage) => stage with
    {
        LearningRate = _options.LearningRate,
        Accumulation = _options.Accumulation,
        AverageDecay = _options.AverageDecay,
    };

    /// <summary>Losses on pictures that were not learned from; the same crops, timesteps and noise for every model.</summary>
    private async Task<FoundationOutcome> JudgeAsync()
    {
        List<TrainingPicture> judged = [.. _data.Validation.Where(picture => picture.HasPixelTruth)];
        if (judged.Count == 0)
        {
            return new FoundationOutcome(_state.Step, null, null, null, _state.CpuSeconds);
        }

        CropOptions crops = new() { Side = _options.CropSide, OutputStride = _options.Configuration.MaskStride, Photometric = 0 };
        var batch = await new BatchSource(judged, crops, Math.Max(8, _options.BatchSize), (int)ValidationSeed, withReferences: false).GetAsync(0).ConfigureAwait(false);
        UseThreads();
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using NoiseSource random = new(ValidationSeed);
        using DiffusionStep diffusion = new(_network);
        using var masks = NewMaskStep();
        var noise = diffusion.Measure(_crops.Diffusion(batch), random).Noise;
        var (mask, grounding) = masks.Measure(_crops.Masks(batch), random);
        return new FoundationOutcome(_state.Step, noise, mask, grounding, _state.CpuSeconds);
    }

    private void WriteCheckpoint()
    {
        using MemoryStream optimizer = new();
        using (BinaryWriter writer = new(optimizer, Encoding.UTF8, leaveOpen: true))
        {
            Update()?.Save(writer);
        }

        _checkpoints.Write(_state, [.. Trained().SelectMany(Weights)], optimizer.ToArray());
    }

    // Of the denoising network what the optimizer changes: while it computes in 16 bits its own are rounded.
    private IReadOnlyList<Float32Tensor> Weights((string Prefix, nn.Module Module) part)
        => _diffusion is { } step && ReferenceEquals(part.Module, _network.Unet) ? ModuleTensors.Read(step.Denoiser, part.Prefix) : ModuleTensors.Read(part.Module, part.Prefix);

    private void Restore(Checkpoint checkpoint, string runFolder)
    {
        if (checkpoint.State.Options != _state.Options)
        {
            throw new TrainingException($"{runFolder} holds a run with other options or data, or of another version: give another folder, or remove it to start anew.");
        }

        _state = checkpoint.State;
        foreach (var (prefix, module) in Trained())
        {
            ModuleTensors.Write(module, prefix, checkpoint.Tensors);
        }

        // Between the stages the first's optimizer is of no more use, and the second's has nothing to remember yet.
        if (_state.Step == 0 || _state.Step == _options.Steps)
        {
            return;
        }

        _diffusion = _state.Step < _options.Steps ? NewDiffusionStep() : null;
        _masks = _state.Step > _options.Steps ? NewMaskStep() : null;
        using BinaryReader reader = new(new MemoryStream(checkpoint.Optimizer));
        Update()!.Load(reader);
    }

    private WeightUpdate? Update() => _state.Step <= _options.Steps ? _diffusion?.Update : _masks?.Update;

    private (string Prefix, nn.Module Module)[] Trained() =>
    [
        ("unet.", _network.Unet), ("captioner.", _network.Captioner), ("mask_generator.", _network.Masks), ("vocabulary.", _network.Vocabulary),
    ];

    private ulong Seed(long step) => unchecked(((ulong)_options.Seed << 32) ^ (ulong)step);

    /// <summary>Of all that decides the outcome.</summary>
    private string Fingerprint(WeightFiles? start) => ContentDigest.Of(JsonSerializer.SerializeToUtf8Bytes(new
    {
        Options = _options with { CheckpointEvery = 1 },
        _data.Names,
        _data.SplitIds,
        Data = _data.Digest(),
        Classes = _data.AllClasses,
        Pictures = _data.Train.Select(picture => new { picture.Id, picture.Weight }),
        Start = start?.Tensors.Values.GroupBy(tensor => tensor.Reader.Path).Select(file => new FileInfo(file.Key).Length),
    }));
}
