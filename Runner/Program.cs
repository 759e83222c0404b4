using Infrastructure;
using Infrastructure.Hosting;
using Runner;

var builder = ServiceHost.CreateBuilder("timers.runner", args, port: 3002);
builder.AddEngines(ServiceRoles.Runner).AddRunner();

return await ServiceHost.RunAsync(builder, app =>
{
    app.MapHealth();
    app.MapMetrics();
});
