import { render } from "preact";
import { App } from "./app";
import { takeTokenFromAddress } from "./session";
import "./style.css";
import { language } from "./texts";

const token = takeTokenFromAddress();
document.documentElement.lang = language.get();
render(<App token={token} />, document.getElementById("app")!);
