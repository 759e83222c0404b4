using Client;
using Client.Connections;

var shell = Shell.OfProcess();
return await CommandLine.RunAsync(CommandLine.Create(ClientSlices.All, shell), shell, args);
