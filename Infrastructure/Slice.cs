namespace Infrastructure;

/// <summary>
/// A feature in one of the services. It registers itself with the general folders here; deleting its folders deletes it.
/// </summary>
public abstract class Slice
{
    /// <summary>Adds its services, its data and its messages.</summary>
    public abstract void AddTo(EngineBuilder engines);
}
