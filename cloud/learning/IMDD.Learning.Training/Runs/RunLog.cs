using IMDD.Learning.Training.Losses;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using TorchSharp;
using TorchSharp.Modules;

namespace IMDD.Learning.Training.Runs;

/// <summary>The run's scalars and pictures for TensorBoard, in <c>tensorboard/</c> of the run's folder.</summary>
internal sealed class RunLog : IDisposable
{
    private const int MaxPictures = 6;

    private readonly SummaryWriter _writer;
    private readonly PictureEvents _pictures;

    public RunLog(string runFolder, TimeProvider time)
    {
        var folder = Path.Combine(runFolder, "tensorboard");
        _writer = torch.utils.tensorboard.SummaryWriter(folder, createRunName: false);
        _pictures = new PictureEvents(folder, time);
    }

    public void Step(long step, double rate, double norm, EdgeLosses losses)
    {
        Add("train/loss", losses.Total.item<float>(), step);
        Add("train/loss_pixels", losses.Pixels.item<float>(), step);
        Add("train/loss_image", losses.Image.item<float>(), step);
        Add("train/loss_naming", losses.Naming.item<float>(), step);
        Add("train/loss_words", losses.Words.item<float>(), step);
        if (losses.Memory is { } memory)
        {
            Add("train/loss_memory", memory.item<float>(), step);
        }

        Add("train/learning_rate", rate, step);
        Add("train/gradient_norm", norm, step);
    }

    public void Validation(long step, Validation validation)
    {
        AddDefined("validation/score", validation.Score, step);
        AddDefined("validation/pixel_ap", validation.PixelAp, step);
        AddDefined("validation/pixel_auroc", validation.PixelAuroc, step);
        AddDefined("validation/iou", validation.Iou, step);
        AddDefined("validation/image_auroc", validation.ImageAuroc, step);
        AddDefined("validation/naming", validation.Naming, step);
    }

    /// <summary>Some defective pictures beside their truth and what the model sees, each as one image.</summary>
    public void Pictures(long step, EdgeModel model, IReadOnlyList<TrainingPicture> pictures)
    {
        var shown = pictures.Where(p => p.Mask is not null).ToList();
        var kept = Math.Min(MaxPictures, shown.Count);
        for (var i = 0; i < kept; i++)
        {
            _pictures.Write($"validation/{i}", step, PicturePanel.Draw(model, shown[(int)((long)i * shown.Count / kept)]));
        }
    }

    public void Dispose() => _pictures.Dispose();

    private void AddDefined(string name, double? value, long step)
    {
        if (value is { } defined)
        {
            Add(name, defined, step);
        }
    }

    private void Add(string name, double value, long step) => _writer.add_scalar(name, (float)value, (int)step);
}
