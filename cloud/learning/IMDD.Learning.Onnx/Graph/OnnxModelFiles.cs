using System.Globalization;

namespace IMDD.Learning.Onnx.Graph;

/// <summary>The files of a model while they are written: under names of their own until all are complete.</summary>
internal sealed class OnnxModelFiles(string path) : IDisposable
{
    private const string Partial = ".partial";

    private readonly List<string> _data = [];

    /// <summary>The model's own file.</summary>
    public FileStream CreateModel() => File.Create(path + Partial);

    /// <summary>The next file of weights, and the name it will have.</summary>
    public (FileStream File, string Name) CreateData()
    {
        _data.Add(Data(_data.Count));
        return (File.Create(_data[^1] + Partial), Path.GetFileName(_data[^1]));
    }

    /// <summary>Puts the files where they belong, the model last, and removes those of weights that a model of more of them has left.</summary>
    /// <returns>The files, the model first.</returns>
    public IReadOnlyList<string> Finish()
    {
        // A crash between two moves leaves no model, and not an older one that takes the new weights for its own.
        if (_data.Count > 0)
        {
            File.Delete(path);
        }

        foreach (var file in _data.Append(path))
        {
            File.Move(file + Partial, file, overwrite: true);
        }

        for (var number = _data.Count; File.Exists(Data(number)); number++)
        {
            File.Delete(Data(number));
        }

        return [path, .. _data];
    }

    /// <summary>Removes what was not finished.</summary>
    public void Dispose()
    {
        foreach (var file in _data.Append(path))
        {
            File.Delete(file + Partial);
        }
    }

    private string Data(int number) => number == 0 ? path + ".data" : string.Create(CultureInfo.InvariantCulture, $"{path}.data.{number}");
}
