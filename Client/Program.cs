using System.CommandLine;
using Client;

return await new RootCommand("Works with a Timers service, from the command line.")
{
    ReceiveCommand.Create(Console.Out, Console.Error),
    CheckCommand.Create(ClientSlices.All, Console.Out, Console.Error),
    KeysCommand.Create(Console.Out, Console.Error),
    SecretsCommand.Create(Console.Out, Console.Error),
}.Parse(args).InvokeAsync();
