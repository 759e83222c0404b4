using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>The services as programs of their own.</summary>
public sealed class ServiceProgramsTests
{
    [TestCase("Producer")]
    [TestCase("Consumer")]
    [TestCase("Runner")]
    public void A_service_without_shared_engines_does_not_start_and_says_what_to_do(string service)
    {
        var (exitCode, output) = Tools.Run("dotnet", Path.Combine(TestContext.CurrentContext.TestDirectory, $"{service}.dll"), "--urls", "http://127.0.0.1:0");

        Assert.That(exitCode, Is.EqualTo(2), output);
        Assert.That(output, Does.Contain("dotnet run --project Standalone").And.Not.Contain("   at "));
    }
}
