namespace IMDD.Learning.Onnx.Graph;

/// <summary>An operator with what goes in and comes out. An input that is left out is null.</summary>
internal sealed class OnnxNode(string name, string op, string domain, OnnxValue?[] inputs, IReadOnlyList<OnnxAttribute> attributes)
{
    public string Name => name;

    public string Op => op;

    /// <summary>Empty for the default operators.</summary>
    public string Domain => domain;

    public OnnxValue?[] Inputs { get; } = inputs;

    public OnnxValue[] Outputs { get; init; } = [];

    public IReadOnlyList<OnnxAttribute> Attributes => attributes;

    /// <summary>A whole-number attribute, or what the operator takes when it is not there.</summary>
    public long Int(string attribute, long otherwise)
        => attributes.FirstOrDefault(candidate => candidate.Name == attribute)?.Proto.I ?? otherwise;

    /// <summary>A number attribute, or what the operator takes when it is not there.</summary>
    public float Float(string attribute, float otherwise)
        => attributes.FirstOrDefault(candidate => candidate.Name == attribute) is { } found ? found.Proto.F : otherwise;

    /// <summary>A text attribute, or what the operator takes when it is not there.</summary>
    public string Text(string attribute, string otherwise)
        => attributes.FirstOrDefault(candidate => candidate.Name == attribute)?.Proto.S.ToStringUtf8() ?? otherwise;
}
