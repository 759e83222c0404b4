using System.Globalization;

namespace Tests.Producer.Devices;

/// <summary>What tests of the devices' routes have in common.</summary>
public abstract class DeviceRestTests : RestTests
{
    protected const string Devices = "/api/v1/devices";
    private static int made;

    protected static string NewDevice() => $"route-{Interlocked.Increment(ref made).ToString(CultureInfo.InvariantCulture)}";

    protected async Task SendReadingsAsync(string device, params (long At, long Count)[] readings)
    {
        var answer = await PostAsync(
            $"{Devices}/readings", readings.Select(each => new { device, timestamp = each.At, count = each.Count }).ToArray());
        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
    }
}
