namespace IMDD.Learning.Networks.Training;

/// <summary>
/// Dynamic loss scaling (Micikevicius et al. 2018, section 3.2): as large as gradients bear. A step whose gradients overflow is left out and the scale
/// halved; after many good ones it is doubled.
/// </summary>
/// <param name="start">First scale.</param>
/// <param name="growAfter">Good steps until it is doubled.</param>
public sealed class LossScale(double start = 65_536, int growAfter = 2_000)
{
    private const double Smallest = 1;
    private const double Largest = 16_777_216;

    private int _good;

    /// <summary>What the loss is multiplied by now; a power of two, so that dividing by it is exact.</summary>
    public double Value { get; private set; } = double.IsPow2(start) && start is >= Smallest and <= Largest
        ? start
        : throw new ArgumentOutOfRangeException(nameof(start), start, $"Expected a power of two from {Smallest} to {Largest}.");

    /// <summary>Writes where it is.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(Value);
        writer.Write(_good);
    }

    /// <summary>Goes on from where another was.</summary>
    public void Load(BinaryReader reader)
    {
        Value = reader.ReadDouble();
        _good = reader.ReadInt32();
    }

    /// <summary>Tells how a step went.</summary>
    /// <param name="finite">Whether all gradients were numbers.</param>
    public void Update(bool finite)
    {
        _good = finite ? _good + 1 : 0;
        if (!finite)
        {
            Value = Math.Max(Smallest, Value / 2);
        }
        else if (_good % growAfter == 0)
        {
            Value = Math.Min(Largest, Value * 2);
        }
    }
}
