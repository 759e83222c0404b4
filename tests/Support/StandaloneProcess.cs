namespace Tests.Support;

/// <summary>All services in one process, with its own data.</summary>
public sealed class StandaloneProcess(params string[] arguments) : ServiceProcess(Assembly, arguments)
{
    /// <summary>The program's assembly, built along with the tests.</summary>
    public static string Assembly => typeof(global::Standalone.StandaloneMarker).Assembly.Location;

    public static async Task<StandaloneProcess> StartNewAsync(params string[] arguments)
    {
        var standalone = new StandaloneProcess(arguments);
        await standalone.StartAsync();
        return standalone;
    }
}
