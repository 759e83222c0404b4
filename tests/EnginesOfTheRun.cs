using Tests.Support;

namespace Tests;

/// <summary>Around the whole run: engines that tests started are ended with it.</summary>
[SetUpFixture]
public sealed class EnginesOfTheRun
{
    [OneTimeTearDown]
    public void End()
    {
        Faults.FaultReport.Write();
        MongoDatabase.DropAll();
        Engine.WipeAll();
    }
}
