using Microsoft.Playwright;

namespace Tests.Support;

/// <summary>Debian's Chromium, without a window.</summary>
public sealed class Browser : IAsyncDisposable
{
    private const string Program = "chromium";
    private readonly IPlaywright driver;
    private readonly IBrowser browser;

    private Browser(IPlaywright driver, IBrowser browser)
    {
        this.driver = driver;
        this.browser = browser;
    }

    /// <summary>Starts it; the test is ignored where there is none.</summary>
    /// <param name="names">Host names that lead to this machine, as somebody else's name servers could let them.</param>
    public static async Task<Browser> StartAsync(params string[] names)
    {
        if (!Tools.Exists(Program))
        {
            Tools.Missing(Program);
        }

        var playwright = await Playwright.CreateAsync();
        var chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = $"/usr/bin/{Program}",
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
                $"--host-resolver-rules={string.Join(", ", names.Select(name => $"MAP {name} 127.0.0.1"))}",
            ],
        });
        return new Browser(playwright, chromium);
    }

    /// <summary>A page of its own profile.</summary>
    /// <param name="bypassesPolicy">Whether it may send what its content security policy forbids: the service is to refuse it, too.</param>
    public Task<IPage> OpenAsync(bool bypassesPolicy = false) =>
        browser.NewPageAsync(new BrowserNewPageOptions { BypassCSP = bypassesPolicy });

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        driver.Dispose();
    }
}
