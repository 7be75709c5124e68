namespace IMDD.Learning.Onnx.Graph;

/// <summary>Leaves a scope when disposed.</summary>
internal sealed class OnnxScope(Stack<string> scopes) : IDisposable
{
    private readonly int _depth = scopes.Count;

    public void Dispose()
    {
        if (scopes.Count != _depth)
        {
            throw new OnnxGraphException("Scopes are left in another order than they were entered.");
        }

        scopes.Pop();
    }
}
