using Contracts.Common;
using Contracts.Devices;
using Infrastructure.Devices;
using Microsoft.Extensions.DependencyInjection;

namespace Tests.Producer.Devices;

/// <summary>Tokens in the address that a device's silence is reported to are never shown again.</summary>
public sealed class DeviceSecretsTests : RestTests
{
    private const string Devices = "/api/v1/devices";
    private const string Planted = "planted-5up3r";
    private const string Shown = Target + "?order=17&token=********";

    private IDeviceStore Store => App.Services.GetRequiredService<IDeviceStore>();

    private DeviceSecrets Secrets => App.Services.GetRequiredService<DeviceSecrets>();

    [Test]
    public async Task Neither_answers_nor_the_store_show_them()
    {
        var put = await PutAsync("shown", $"{Target}?order=17&token={Planted}");
        Answer[] answers = [put, await GetAsync($"{Devices}/shown"), await GetAsync(Devices)];

        Assert.That(put["quietUrl"], Is.EqualTo(Shown));
        Assert.That(answers.Select(answer => answer.Text), Has.None.Contains("planted"));
        var stored = await SettingsAsync("shown");
        Assert.That((stored.QuietUrl, stored.QuietSealed is null), Is.EqualTo((Shown, false)));
        Assert.That(await OpenedAsync("shown"), Is.EqualTo($"{Target}?order=17&token={Planted}"));
        Assert.That(Secrets.Open("acme", "shown", stored), Is.Null, "another tenant's");
        Assert.That(Secrets.Open(Tenant.Default, "other", stored), Is.Null, "another device's");
        Assert.That(
            Secrets.Open(Tenant.Default, "shown", stored with { QuietUrl = "http://127.0.0.1:3/?token=********" }), Is.Null,
            "another receiver's");
    }

    [Test]
    public async Task What_is_sent_back_masked_is_kept()
    {
        await PutAsync("kept", $"{Target}?order=17&token={Planted}");

        var again = await PutAsync("kept", Target + "/new?token=********&order=18");

        Assert.That((again.Status, again["quietUrl"]), Is.EqualTo((200, Target + "/new?token=********&order=18")), again.Text);
        Assert.That(await OpenedAsync("kept"), Is.EqualTo($"{Target}/new?token={Planted}&order=18"));
        Assert.That((await PutAsync("kept", $"{Target}?token=anew")).Status, Is.EqualTo(200));
        Assert.That(await OpenedAsync("kept"), Is.EqualTo($"{Target}?token=anew"));
        Assert.That((await PutAsync("kept", Target)).Status, Is.EqualTo(200));
        Assert.That((await SettingsAsync("kept")).QuietSealed, Is.Null);
    }

    [TestCase("http://127.0.0.1:3/hook?token=********")]
    [TestCase("https://127.0.0.1:2/hook?token=********")]
    [TestCase("http://127.0.0.1:2/hook?secret=********")]
    public async Task What_cannot_be_kept_is_refused_with_all_else_that_is_wrong(string url)
    {
        await PutAsync("guarded", $"{Target}?token={Planted}");

        (await PutAsync("guarded", url)).AssertWrong("quietUrl");
        var wrong = await SendAsync(
            HttpMethod.Put, $"{Devices}/guarded", Content(new { name = string.Empty, quietAfter = "PT10M", quietUrl = url }));

        wrong.AssertProblem(400);
        Assert.That(wrong.WrongFields, Is.EquivalentTo(new[] { "name", "quietUrl" }), wrong.Text);
        Assert.That(await OpenedAsync("guarded"), Is.EqualTo($"{Target}?token={Planted}"));
    }

    [Test]
    public async Task A_mask_is_nothing_that_a_new_device_could_report_to() =>
        (await PutAsync("new", Shown)).AssertWrong("quietUrl");

    [Test]
    public async Task Settings_of_before_are_masked_and_encrypted_with_the_next_change()
    {
        await Store.ConfigureAsync(
            Tenant.Default, "before", new DeviceSettings(null, [], TimeSpan.FromMinutes(5), $"{Target}?token={Planted}"),
            TimeProvider.System.GetUtcNow(), default);

        var shown = await GetAsync($"{Devices}/before");
        Assert.That(shown.Text, Does.Not.Contain("planted"));
        Assert.That((await PutAsync("before", shown["quietUrl"])).Status, Is.EqualTo(200));

        Assert.That((await SettingsAsync("before")).QuietUrl, Does.Not.Contain("planted"), "encrypted by now");
        Assert.That(await OpenedAsync("before"), Is.EqualTo($"{Target}?token={Planted}"));
    }

    private Task<Answer> PutAsync(string device, string url) =>
        SendAsync(HttpMethod.Put, $"{Devices}/{device}", Content(new { quietAfter = "PT10M", quietUrl = url }));

    private async Task<DeviceSettings> SettingsAsync(string device) => (await Store.FindAsync(Tenant.Default, device, default))!.Settings;

    private async Task<string?> OpenedAsync(string device) => Secrets.Open(Tenant.Default, device, await SettingsAsync(device));
}
