namespace Infrastructure.Hosting;

/// <summary>What is wrong with the configuration, found while it was read; told together with what validation finds.</summary>
internal sealed class StartFaults
{
    private readonly List<string> messages = [];

    public IReadOnlyList<string> Messages => messages;

    public void Add(IEnumerable<string> faults) => messages.AddRange(faults);

    /// <summary>Runs something that reads a setting.</summary>
    public void Try(Action read)
    {
        try
        {
            read();
        }
        catch (StartupException fault)
        {
            messages.Add(fault.Message);
        }
    }
}
