import { render } from "preact";
import { App } from "./app";
import { readAddress } from "./session";
import "./style.css";
import { language } from "./texts";

readAddress();
document.documentElement.lang = language.get();
render(<App />, document.getElementById("app")!);
