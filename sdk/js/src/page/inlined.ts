/** What the bundle of the page has in place of this: the component's core in base 64, and an example. */

export declare const WASM: string;
export declare const EXAMPLE: Record<"report" | "prices" | "customers", [name: string, text: string]>;
