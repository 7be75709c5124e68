using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks;

/// <summary>A module whose parts have the names they were registered under, those of the public checkpoint, and not also those of its fields.</summary>
/// <param name="name">What the module is called in messages.</param>
public abstract class NamedModule(string name) : nn.Module(name)
{
    /// <summary>Nothing: the constructor registered every part by name, and a second name would double its parameters.</summary>
    protected sealed override void RegisterComponents()
    {
    }

    /// <summary>
    /// A parameter as it is now. A move to another device or element type puts another object in its place, of which a field would know nothing.
    /// </summary>
    /// <param name="parameter">The name that it was registered under.</param>
    protected Parameter Own(string parameter) => get_parameter(parameter)!;
}
