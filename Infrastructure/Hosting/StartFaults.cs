namespace Infrastructure.Hosting;

/// <summary>Configuration errors found while reading; reported together with those of validation.</summary>
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
