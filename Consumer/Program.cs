using Consumer;
using Infrastructure;
using Infrastructure.Hosting;

var builder = ServiceHost.CreateBuilder("timers.consumer", args, port: 3001);
builder.AddEngines(ServiceRoles.Consumer).AddConsumer();

return await ServiceHost.RunAsync(builder, app =>
{
    app.MapHealth();
    app.MapMetrics();
});
