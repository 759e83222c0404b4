namespace Infrastructure;

/// <summary>
/// A feature in one of the services. What it needs of the general rooms it contributes here; deleting its folders deletes it.
/// </summary>
public abstract class Slice
{
    /// <summary>Adds its services, and what it keeps in the engines and sends over them.</summary>
    public abstract void AddTo(EngineBuilder engines);
}
